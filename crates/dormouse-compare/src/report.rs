//! The results of comparisons, with every run, as they are written and read.

use serde::{Deserialize, Serialize};

use crate::error::Error;

pub(crate) use crate::report::row::{Beaten, Loose, MemoryByN, Row, RunReport, RunResult, Versus};
pub(crate) use crate::report::sentence::Sentence;
pub use crate::report::session::Session;
pub(crate) use crate::report::settings::{Seed, Settings, StopRule};

mod row;
mod sentence;
mod session;
mod settings;

/// The report of one or more sessions, which is written and read as JSON.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Report {
    /// The name of this format.
    pub(crate) schema: String,
    /// The version of this format; it rises with every change that a reader would notice.
    pub(crate) schema_version: u32,
    /// A comparison is one session; `merge` puts those of many machines side by side.
    pub(crate) sessions: Vec<Session>,
    /// In a file that a comparison still writes: the runs that are not in `engines` yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unfinished: Vec<Loose>,
}

impl Report {
    /// The name of the format.
    pub const SCHEMA: &str = "dormouse-compare";
    /// The version of the format that is written.
    pub const SCHEMA_VERSION: u32 = 2;

    /// A report of these sessions, side by side.
    #[must_use]
    pub fn new(sessions: Vec<Session>) -> Self {
        Self {
            schema: Self::SCHEMA.into(),
            schema_version: Self::SCHEMA_VERSION,
            sessions,
            unfinished: Vec::new(),
        }
    }

    /// The report as JSON.
    ///
    /// # Errors
    ///
    /// If it can't be written as JSON; no such case is known.
    pub fn json(&self) -> Result<String, Error> {
        let text = serde_json::to_string(self).map_err(Error::run)?;
        Ok(text + "\n")
    }

    /// The sessions.
    #[must_use]
    pub fn sessions(&self) -> &[Session] {
        &self.sessions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema file in the repository matches these types. `DORMOUSE_WRITE_SCHEMA=1` rewrites it;
    /// a change that a reader of the format would notice needs a new version.
    #[test]
    fn the_schema_file_is_that_of_the_report() {
        let mut schema = schemars::schema_for!(Report);
        let properties = schema.pointer_mut("/properties").unwrap();
        properties["schema"] = serde_json::json!({ "const": Report::SCHEMA });
        properties["schema_version"] = serde_json::json!({ "const": Report::SCHEMA_VERSION });
        let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let file = format!(
            "{}/schema/{}-{}.schema.json",
            env!("CARGO_MANIFEST_DIR"),
            Report::SCHEMA,
            Report::SCHEMA_VERSION
        );
        if std::env::var_os("DORMOUSE_WRITE_SCHEMA").is_some() {
            std::fs::write(&file, &schema).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap();
        assert_eq!(kept, schema, "DORMOUSE_WRITE_SCHEMA=1 writes {file} anew");
    }
}
