//! Text from elsewhere, made safe to print.

/// The text with each character that is not seen, or that changes what is seen, as an escape such as
/// `\u{200b}`.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if misleads(letter) {
            escaped.extend(letter.escape_default());
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

/// Text without the characters that could change what a terminal shows.
pub(crate) fn plain(text: &str) -> String {
    text.replace(misleads, " ")
}

/// Whether a character is not seen, but changes what is seen: a control character, one without a
/// width, or one that turns the direction of text (Unicode TR 36, section 2).
pub(crate) fn misleads(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
        || matches!(letter, '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_escaped() {
        assert_eq!(
            escaped("a\u{200b}b\u{1b}[31m\t"),
            "a\\u{200b}b\\u{1b}[31m\\t"
        );
        assert_eq!(escaped("größe µs"), "größe µs");
    }
}
