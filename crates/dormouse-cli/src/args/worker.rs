//! The options of a worker, which the comparison gives to itself.

use std::num::NonZeroUsize;

use clap::ValueEnum;

use crate::args::Mode;
use crate::runtime::RuntimeName;

/// One run, in a process of its own; what it found goes to standard output as JSON.
#[derive(Debug, clap::Args)]
pub(crate) struct Worker {
    #[arg(value_parser = Subject::parse)]
    pub(crate) subject: Subject,
    #[arg(value_enum)]
    pub(crate) mode: Mode,
    pub(crate) threads: NonZeroUsize,
    pub(crate) n: usize,
    pub(crate) max_nanos: u64,
    pub(crate) seed: u64,
    #[arg(long, value_enum)]
    pub(crate) fault: Option<Fault>,
}

/// What a worker runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Subject {
    Runtime(RuntimeName),
    /// One thread that sleeps.
    Floor,
    #[cfg(feature = "peers")]
    Peer(dormouse_peers::Peer),
}

/// A way in which a worker is broken on purpose.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Fault {
    Crash,
    Hang,
    Disorder,
    Short,
    Serial,
}

impl Subject {
    fn parse(text: &str) -> Result<Self, String> {
        #[cfg(feature = "peers")]
        if let Some(peer) = dormouse_peers::Peer::ALL
            .into_iter()
            .find(|peer| peer.name() == text)
        {
            return Ok(Self::Peer(peer));
        }
        match text {
            "floor" => Ok(Self::Floor),
            name => RuntimeName::parse(name).map(Self::Runtime),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Runtime(runtime) => runtime.name(),
            Self::Floor => "floor",
            #[cfg(feature = "peers")]
            Self::Peer(peer) => peer.name(),
        }
    }
}
