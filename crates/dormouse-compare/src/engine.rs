//! The rows of a comparison.

use serde::{Deserialize, Serialize};

use crate::mode::Mode;

/// What a row is called, and what it has run on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Engine {
    /// Its name, which no other engine of its workload has.
    #[serde(rename = "engine")]
    pub name: String,
    /// What kind of row it is.
    pub kind: Kind,
    /// The name of the runtime, or of the language.
    pub runtime: String,
    /// How the workload uses the runtime; the floor and a user's own workload have none.
    pub mode: Option<Mode>,
    /// The threads it was given; what has one of its own accord has 1, what does not tell has 0.
    pub threads: usize,
    /// The version of the runtime, or `unknown`.
    pub version: String,
}

/// What kind of row an engine is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Kind {
    /// A workload on a runtime.
    Runtime,
    /// The reference once more: where it differs from itself, the session proves nothing.
    Control,
    /// The best that one thread can do without a runtime.
    Floor,
    /// What people write by hand.
    Peer,
}

impl Engine {
    /// The same once more.
    pub(crate) fn control(&self) -> Self {
        Self {
            name: format!("{} again", self.name),
            kind: Kind::Control,
            ..self.clone()
        }
    }

    pub(crate) fn floor() -> Self {
        Self {
            name: "floor".into(),
            kind: Kind::Floor,
            runtime: "one thread".into(),
            mode: None,
            threads: 1,
            version: "std".into(),
        }
    }

    /// As its line of a table begins.
    pub(crate) fn line(&self) -> String {
        match self.kind {
            Kind::Runtime | Kind::Floor => self.runtime.clone(),
            Kind::Control => format!("{} again", self.runtime),
            Kind::Peer => self.name.replace(", current thread", " (1)"),
        }
    }
}
