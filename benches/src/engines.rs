//! Everything that can be run, ours and the peers, under its name.

use std::io;
use std::path::Path;
use std::process::Command;

use dormouse_peers::{Missing, Peer, Script, Scripts};

use crate::measure::{Figures, Run};
use crate::ours::{self, Function, On, THREADS};

/// Something that waits n random delays at once.
#[derive(Clone, Debug)]
pub enum Engine {
    /// A function of dormouse on a runtime.
    Ours(Function, On),
    /// A peer in this language.
    Peer(Peer),
    /// A peer in another one.
    Script(Script),
}

impl Engine {
    /// Every engine, and those that are missing here. The scripts are unpacked into a folder.
    ///
    /// # Errors
    ///
    /// If the folder can't be written to.
    pub fn all(folder: &Path) -> io::Result<(Vec<Self>, Vec<Missing>)> {
        let scripts = Scripts::unpack(folder)?;
        let mut engines = Self::native();
        engines.extend(scripts.ready.into_iter().map(Self::Script));
        Ok((engines, scripts.missing))
    }

    /// The engines that need nothing installed.
    fn native() -> Vec<Self> {
        let ours = Function::ALL
            .into_iter()
            .flat_map(|function| On::ALL.map(|on| Self::Ours(function, on)));
        ours.chain(Peer::ALL.map(Self::Peer)).collect()
    }

    /// As the tables name it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Ours(function, on) => format!("{}, {}", function.name(), on.name()),
            Self::Peer(peer) => peer.name().to_owned(),
            Self::Script(script) => script.name.to_owned(),
        }
    }

    /// Runs the engine of this name in this process, if it is one that can be.
    #[must_use]
    pub fn measure(name: &str, run: Run) -> Option<Figures> {
        let mut engines = Self::native().into_iter();
        match engines.find(|engine| engine.name() == name)? {
            Self::Ours(function, on) => Some(ours::measure(function, on, run)),
            Self::Peer(peer) => {
                let delays = Box::new(run.delays());
                Some(peer.run(THREADS, delays, |_| (), |waits| run.measure(waits)))
            }
            Self::Script(_) => None,
        }
    }

    /// The command of a worker that runs the engine in a process of its own; `own` is the one of
    /// this program.
    #[must_use]
    pub fn command(&self, own: Command, run: Run) -> Command {
        let mut command = own;
        match self {
            Self::Script(script) => command = script.command(run.n, run.max_delay, run.seed),
            Self::Ours(..) | Self::Peer(_) => {
                command
                    .arg("--n")
                    .arg(run.n.to_string())
                    .arg("--max-delay")
                    .arg(run.max_delay.as_secs_f64().to_string())
                    .arg("--seed")
                    .arg(run.seed.to_string())
                    .arg("worker")
                    .arg(self.name());
            }
        }
        for variable in ["ASYNC_STD_THREAD_COUNT", "SMOL_THREADS", "GOMAXPROCS"] {
            command.env(variable, THREADS.to_string());
        }
        command
    }
}
