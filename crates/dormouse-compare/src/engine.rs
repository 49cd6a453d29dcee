//! The engines of a comparison.

use serde::{Deserialize, Serialize};

use crate::mode::Mode;

/// A runtime in a mode, with its threads, or a peer, or the floor. With a workload, n and a longest
/// delay it is a row of a comparison.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Engine {
    /// Its name, unique among the engines of its workload, n and longest delay.
    #[serde(rename = "engine")]
    pub name: String,
    /// What kind of engine it is.
    pub kind: Kind,
    /// The name of the runtime, or of the language.
    pub runtime: String,
    /// How the workload uses the runtime; none for the floor, and where a workload has no modes.
    pub mode: Option<Mode>,
    /// The number of its threads; 1 if it can have no more, 0 if the number is unknown.
    pub threads: usize,
    /// The version of the runtime, or `unknown`.
    pub version: String,
}

/// What kind of engine it is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Kind {
    /// A workload on a runtime.
    Runtime,
    /// The reference, run a second time: where it differs from itself in a figure, nothing is concluded
    /// from that figure.
    Control,
    /// The best that one thread can do without a runtime.
    Floor,
    /// What people write by hand.
    Peer,
}

impl Engine {
    /// The engine as a control.
    pub(crate) fn control(&self) -> Self {
        Self {
            name: format!("{} again", self.name),
            kind: Kind::Control,
            ..self.clone()
        }
    }

    /// The name at the beginning of its line in a table.
    pub(crate) fn line(&self) -> String {
        match self.kind {
            Kind::Runtime | Kind::Floor => self.runtime.clone(),
            Kind::Control => format!("{} again", self.runtime),
            Kind::Peer => self.name.replace(", current thread", " (1)"),
        }
    }
}
