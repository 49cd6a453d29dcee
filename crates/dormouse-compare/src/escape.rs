//! Text that a user typed, made visible.

use crate::text::misleads;

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
