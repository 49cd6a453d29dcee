//! What is to be compared, and in how many rounds.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use dormouse::MaxDelay;
use serde::{Deserialize, Serialize};

use crate::args::{Compare, Fault, Mode, Subject};
use crate::engine::{Asked, Engine, Source};
use crate::failure::Failure;
use crate::run;
use crate::runtime::RuntimeName;
use crate::units;

/// What is to be compared.
pub(crate) struct Plan {
    pub(crate) cells: Vec<Cell>,
    pub(crate) settings: Settings,
    /// How long a run may take; the longest delay and a minute unless given.
    pub(crate) limit: Option<Duration>,
    pub(crate) fault: Option<(String, Fault)>,
    /// Set where the session is to end with what it has.
    pub(crate) stop: Arc<AtomicBool>,
    /// What was asked for and is not there, a line each.
    pub(crate) missing: Vec<String>,
    /// Where the scripts lie, until the end.
    #[cfg(feature = "peers")]
    _folder: Option<tempfile::TempDir>,
}

/// An engine with so many waits: what is run once a round.
pub(crate) struct Cell {
    pub(crate) engine: Engine,
    pub(crate) source: Source,
    pub(crate) n: usize,
    pub(crate) max_delay: MaxDelay,
}

/// What was asked for; two sessions with other settings can't be compared.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Settings {
    pub(crate) n: Vec<usize>,
    pub(crate) max_delay_s: Vec<f64>,
    pub(crate) modes: Vec<Mode>,
    /// The name of the runtime that the others are held against.
    pub(crate) reference: String,
    pub(crate) seed: u64,
    /// When the session was to end.
    pub(crate) stop: StopRule,
}

/// When a session ends; set before it begins.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum StopRule {
    /// After so many rounds.
    Rounds(usize),
    /// Before the round that would end later than so many seconds after the start.
    TimeBudgetS(f64),
}

impl Plan {
    pub(crate) fn new(args: &Compare) -> Result<Self, Failure> {
        if args.n.contains(&0) {
            return Err(Failure::usage(
                "0 waits have nothing to compare: give `--n` 1 or more",
            ));
        }
        let mut engines = Engine::asked(args)?;
        let first = engines.first().map(|(engine, _)| engine.runtime.clone());
        let reference = match args.reference {
            Some(name) => engines
                .iter()
                .find(|(_, source)| matches!(source, Source::Worker(Subject::Runtime(other)) if *other == name))
                .map(|(engine, _)| engine.runtime.clone())
                .ok_or_else(|| {
                    Failure::usage(format_args!(
                        "`--reference {name}` is not compared: name it in `--runtimes` too"
                    ))
                })?,
            None => first.unwrap_or_default(),
        };
        // Beside the reference of the first mode that has it stands the same again.
        if let Some(place) = engines
            .iter()
            .position(|(engine, _)| engine.runtime == reference)
        {
            let (engine, source) = &engines[place];
            let control = (engine.control(), source.clone());
            engines.insert(place + 1, control);
        }
        #[cfg(feature = "peers")]
        let folder = match args.peers {
            true => Some(tempfile::tempdir().map_err(Failure::run)?),
            false => None,
        };
        let mut missing = Vec::new();
        #[cfg(feature = "peers")]
        if let Some(folder) = &folder {
            let threads = args.threads.first().copied();
            let (peers, reasons) = crate::peers::engines(&args.modes, threads, folder.path())?;
            missing = reasons;
            for (peer, source) in peers {
                let place = engines
                    .iter()
                    .rposition(|(engine, _)| engine.mode == peer.mode);
                engines.insert(
                    place.map_or(engines.len(), |place| place + 1),
                    (peer, source),
                );
            }
        }
        #[cfg(not(feature = "peers"))]
        if args.peers {
            missing
                .push("the peers are left out: build dormouse-cli with `--features peers`".into());
        }
        // The floor of virtual time is 0, and needs no thread to say so.
        let is_virtual = |source: &Source| {
            matches!(
                source,
                Source::Worker(Subject::Runtime(RuntimeName::Virtual))
            )
        };
        if !engines.iter().all(|(_, source)| is_virtual(source)) {
            engines.push((Engine::floor(), Source::Worker(Subject::Floor)));
        }

        let (ns, max_delays) = (once(&args.n), once(&args.max_delay));
        let cells = cells(&engines, &ns, &max_delays);
        for cell in &cells {
            if let Some(mode) = cell.engine.mode {
                run::fits_in_memory(cell.n, mode)?;
            }
        }
        Ok(Self {
            cells,
            settings: Settings {
                n: ns,
                max_delay_s: max_delays.into_iter().map(MaxDelay::as_secs_f64).collect(),
                modes: once(&args.modes),
                reference,
                seed: args.seed.unwrap_or_else(rand::random),
                stop: match args.time_budget {
                    Some(budget) => StopRule::TimeBudgetS(budget.as_secs_f64()),
                    None => StopRule::Rounds(args.rounds.get()),
                },
            },
            limit: args.limit,
            fault: args.fault.clone(),
            stop: Arc::new(AtomicBool::new(false)),
            missing,
            #[cfg(feature = "peers")]
            _folder: folder,
        })
    }

    /// How long a run of this cell may take.
    pub(crate) fn limit(&self, cell: &Cell) -> Duration {
        let generous = Duration::from(cell.max_delay).saturating_add(Duration::from_secs(60));
        self.limit.unwrap_or(generous)
    }
}

/// An engine with its waits, in words.
pub(crate) fn title(engine: &str, n: usize, max_delay_s: f64) -> String {
    format!(
        "{engine}, {n} waits of up to {}",
        units::seconds(max_delay_s)
    )
}

fn cells(engines: &[Asked], ns: &[usize], max_delays: &[MaxDelay]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for &max_delay in max_delays {
        for &n in ns {
            for (engine, source) in engines {
                cells.push(Cell {
                    engine: engine.clone(),
                    source: source.clone(),
                    n,
                    max_delay,
                });
            }
        }
    }
    cells
}

/// In the order given, each once.
fn once<T: Copy + PartialEq>(values: &[T]) -> Vec<T> {
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(value) {
            seen.push(*value);
        }
    }
    seen
}
