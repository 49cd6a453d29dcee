//! The rows of the comparison.

use std::fmt;
use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::args::{Compare, Mode, Subject};
use crate::failure::Failure;
use crate::runtime::RuntimeName;

/// What a row is called, and what it has run on.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Engine {
    /// Its name, which no other engine of the session has.
    #[serde(rename = "engine")]
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The name of the runtime, or of the language.
    pub(crate) runtime: String,
    /// Engines of one mode are ranked with one another; the floor has none.
    pub(crate) mode: Option<Mode>,
    /// The threads it was given; what has one of its own accord has 1.
    pub(crate) threads: usize,
    pub(crate) version: String,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A function of dormouse on a runtime.
    Runtime,
    /// The reference once more, to see whether the session can be believed.
    Control,
    /// One thread that sleeps until the next deadline: what the system can do.
    Floor,
    /// What people write by hand.
    Peer,
}

/// What runs an engine.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A worker of this program.
    Worker(Subject),
    /// A program in another language.
    #[cfg(feature = "peers")]
    Script(dormouse_peers::Script),
}

/// An engine that is to be run, and what runs it.
pub(crate) type Asked = (Engine, Source);

impl Engine {
    /// Every engine that is asked for but the peers, mode by mode.
    pub(crate) fn asked(args: &Compare) -> Result<Vec<Asked>, Failure> {
        RuntimeName::default_one()?;
        let runtimes = match args.runtimes.as_slice() {
            [] => RuntimeName::compared().collect(),
            runtimes => runtimes.to_vec(),
        };
        let threads: Vec<Option<NonZeroUsize>> = match args.threads.as_slice() {
            [] => vec![None],
            threads => threads.iter().copied().map(Some).collect(),
        };
        let mut engines: Vec<Asked> = Vec::new();
        for mode in &args.modes {
            for runtime in &runtimes {
                for asked in &threads {
                    let engine = Self::of_runtime(*runtime, *mode, *asked, threads.len() > 1);
                    // Named twice is asked for once.
                    let is_new = engines.iter().all(|(other, _)| *other != engine);
                    if is_new && (*mode != Mode::Spawn || runtime.spawns()) {
                        engines.push((engine, Source::Worker(Subject::Runtime(*runtime))));
                    }
                }
            }
        }
        Ok(engines)
    }

    fn of_runtime(
        runtime: RuntimeName,
        mode: Mode,
        asked: Option<NonZeroUsize>,
        scanned: bool,
    ) -> Self {
        let threads = runtime.threads(asked).get();
        let runs_on = match scanned && runtime.has_threads() {
            true => format!("{runtime} x{threads}"),
            false => runtime.to_string(),
        };
        Self {
            name: format!("{runs_on}/{}", mode.name()),
            kind: Kind::Runtime,
            runtime: runs_on,
            mode: Some(mode),
            threads,
            version: runtime.version().into(),
        }
    }

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

    /// As its line of the table begins.
    pub(crate) fn line(&self) -> String {
        match self.kind {
            Kind::Runtime => self.runtime.clone(),
            Kind::Control => format!("{} again", self.runtime),
            Kind::Floor => self.runtime.clone(),
            Kind::Peer => self.name.replace(", current thread", " (1)"),
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}
