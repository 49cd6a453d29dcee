//! The engines of a comparison, and their modes.

use std::fmt;

use serde::{Deserialize, Serialize};

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

/// How a workload uses its runtime; engines of different modes are never ranked with one another.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mode {
    /// All waits in one task: `wait_n`.
    #[default]
    Join,
    /// A task per wait: `task_wait_n`.
    Spawn,
    /// The runtime's own timers.
    Native,
    /// One timer of the runtime for all sleeps: `Coalesced`.
    Coalesced,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Join, Self::Spawn, Self::Native, Self::Coalesced];

    /// Its name, which a report has.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Spawn => "spawn",
            Self::Native => "native",
            Self::Coalesced => "coalesced",
        }
    }

    /// Its name and its meaning.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Join => "join: all waits in one task",
            Self::Spawn => "spawn: a task per wait",
            Self::Native => "native: the runtime's own timers",
            Self::Coalesced => "coalesced: all waits on one timer",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
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
