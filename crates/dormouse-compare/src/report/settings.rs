//! The settings of a session.

use serde::{Deserialize, Serialize};

use crate::seed::Seed;

/// The settings of a session, as asked for.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Settings {
    pub(crate) workloads: Vec<String>,
    pub(crate) n: Vec<usize>,
    pub(crate) max_delay_s: Vec<f64>,
    /// The name of the runtime that the others are compared with.
    pub(crate) reference: String,
    pub(crate) seed: Seed,
    /// The rule by which the session ends.
    pub(crate) stop: StopRule,
    /// For the workload load: busy tasks per thread, and in `chunk_s` how long each computes at once.
    pub(crate) busy_per_thread: usize,
    pub(crate) chunk_s: f64,
}

/// The rule by which a session ends, set before it begins.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum StopRule {
    /// After this number of rounds.
    Rounds(usize),
    /// Before the round that would end later than this number of seconds after the start.
    TimeBudgetS(f64),
}
