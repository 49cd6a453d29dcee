//! The modes of a workload.

use std::fmt;

use serde::{Deserialize, Serialize};

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
