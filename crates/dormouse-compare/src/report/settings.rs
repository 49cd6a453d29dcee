//! The settings of a session.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

/// The seed of random numbers, which is a string in JSON: many readers keep no whole number above 2^53.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Seed(pub(crate) u64);

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Seed {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Seed".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]{1,20}$" })
    }
}
