//! The sentences of a summary, in their parts.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A remark, or what is said about one thing. Names of engines may have any punctuation, so the parts
/// are kept apart.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(from = "String", into = "String")]
pub(crate) struct Sentence {
    /// What it is about; none of a remark, which is one clause.
    pub(crate) about: Option<String>,
    pub(crate) clauses: Vec<String>,
}

impl Sentence {
    pub(crate) fn about(what: impl Into<String>, clauses: Vec<String>) -> Self {
        Self {
            about: Some(what.into()),
            clauses,
        }
    }

    /// What most readers ask for, in a few words.
    pub(crate) fn in_short(seems: &str, clauses: Vec<String>) -> Self {
        Self::about(format!("{IN_SHORT}{seems}"), clauses)
    }

    pub(crate) fn is_in_short(&self) -> bool {
        let about = self.about.as_deref();
        about.is_some_and(|about| about.starts_with(IN_SHORT))
    }

    /// Its clauses, the last of which ends the sentence.
    pub(crate) fn ended(&self) -> Vec<String> {
        let mut clauses = self.clauses.clone();
        if let (Some(_), Some(last)) = (&self.about, clauses.last_mut()) {
            last.push('.');
        }
        clauses
    }
}

impl From<String> for Sentence {
    fn from(remark: String) -> Self {
        Self {
            about: None,
            clauses: vec![remark],
        }
    }
}

impl From<Sentence> for String {
    fn from(sentence: Sentence) -> Self {
        sentence.to_string()
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(about) = &self.about {
            write!(f, "{about}: ")?;
        }
        f.write_str(&self.ended().join("; "))
    }
}

const IN_SHORT: &str = "In short";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_clause_ends_a_sentence_and_a_remark_stays_as_it_is() {
        let clauses = vec!["a: b; c".to_owned(), "d".to_owned()];
        let sentence = Sentence::about("Costs the least CPU", clauses);
        assert_eq!(sentence.to_string(), "Costs the least CPU: a: b; c; d.");
        assert_eq!(sentence.ended(), ["a: b; c", "d."]);
        let remark = Sentence::from("Run it: again.".to_owned());
        assert_eq!(remark.to_string(), "Run it: again.");
        assert_eq!(remark.ended(), ["Run it: again."]);
    }
}
