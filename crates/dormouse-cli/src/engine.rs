//! A row of the comparison.

use std::fmt;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::args::{Compare, Mode};
use crate::failure::Failure;
use crate::runtime::RuntimeName;

/// A runtime in one mode, with its threads.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Engine {
    pub(crate) runtime: RuntimeName,
    pub(crate) mode: Mode,
    pub(crate) threads: NonZeroUsize,
}

impl Engine {
    /// Every engine that is asked for, mode by mode.
    pub(crate) fn asked(args: &Compare) -> Result<Vec<Self>, Failure> {
        RuntimeName::default_one()?;
        let runtimes = if args.runtimes.is_empty() {
            RuntimeName::built_in().collect()
        } else {
            args.runtimes.clone()
        };
        let mut engines = Vec::new();
        for mode in &args.modes {
            for runtime in &runtimes {
                let engine = Self {
                    runtime: *runtime,
                    mode: *mode,
                    threads: runtime.threads(args.threads),
                };
                // Named twice is asked for once.
                if (*mode != Mode::Spawn || runtime.spawns()) && !engines.contains(&engine) {
                    engines.push(engine);
                }
            }
        }
        Ok(engines)
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.runtime, self.mode.name())
    }
}
