//! What a misspelt name was meant to be.

/// The name that was most likely meant, if one is similar enough.
#[must_use]
pub fn nearest<'a>(typed: &str, names: &[&'a str]) -> Option<&'a str> {
    // All names are in lower case.
    let typed = typed.to_lowercase();
    let likeness = |name: &&'a str| (strsim::jaro_winkler(&typed, name), *name);
    let all = names.iter().map(likeness);
    let (like, name) = all.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (like > 0.8).then_some(name)
}
