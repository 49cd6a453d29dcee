//! The workloads that come with the comparison.

use std::time::Duration;

use dormouse::{Coalesced, LocalSpawner, Runtime, Sleeper};

use crate::engine::Mode;
use crate::error::Error;
use crate::workload::{About, Done, Setup, Workload};
use crate::workload::{interval, load, ping_pong, sleep, spawn, timeout};

/// A workload that comes with the comparison.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Builtin {
    /// Random waits at once.
    #[default]
    Sleep,
    /// Tasks that do short operations under a timeout that hardly ever fires.
    Timeout,
    /// Short tasks, spawned and joined in waves.
    Spawn,
    /// Pairs of tasks that pass a token back and forth.
    PingPong,
    /// Sleeping tasks beside busy ones.
    Load,
    /// Tickers with one period.
    Interval,
}

impl Builtin {
    /// Every workload that comes with the comparison.
    pub const ALL: [Self; 6] = [
        Self::Sleep,
        Self::Timeout,
        Self::Spawn,
        Self::PingPong,
        Self::Load,
        Self::Interval,
    ];

    /// Its name, which a report has.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sleep => "sleep",
            Self::Timeout => "timeout",
            Self::Spawn => "spawn",
            Self::PingPong => "ping-pong",
            Self::Load => "load",
            Self::Interval => "interval",
        }
    }

    fn modes(self) -> &'static [Mode] {
        match self {
            Self::Sleep => &[Mode::Join, Mode::Spawn, Mode::Coalesced],
            Self::Timeout | Self::Load | Self::Interval => &[Mode::Native, Mode::Coalesced],
            Self::Spawn | Self::PingPong => &[Mode::Native],
        }
    }

    /// Whether it has this mode.
    #[must_use]
    pub fn has(self, mode: Mode) -> bool {
        self.modes().contains(&mode)
    }

    /// Whether the longest delay changes what it does.
    #[must_use]
    pub fn uses_delays(self) -> bool {
        self.about().uses_delays()
    }

    /// Whether it has busy tasks, whose number and chunk can be set.
    #[must_use]
    pub fn has_busy_tasks(self) -> bool {
        self == Self::Load
    }

    /// How long it waits in one run, about; the time that it computes is not known beforehand.
    pub(crate) fn waits_for(self, n: usize, max_delay: Duration) -> Duration {
        let mut setup = Setup::new(n);
        setup.max_delay = max_delay;
        match self {
            Self::Sleep | Self::Load => max_delay,
            Self::Timeout => timeout::waits_for(&setup),
            Self::Interval => interval::waits_for(&setup),
            Self::Spawn | Self::PingPong => Duration::ZERO,
        }
    }

    /// The modes that are compared by default.
    pub(crate) fn default_modes(self) -> Vec<Mode> {
        match self {
            Self::Load => vec![Mode::Native],
            _ => self.modes().to_vec(),
        }
    }
}

impl Workload for Builtin {
    fn about(&self) -> About {
        let named = |operation| About::new(self.name(), operation);
        let mut about = match self {
            Self::Sleep => sleep::about(named("wait")),
            Self::Timeout => timeout::about(named("operation")),
            Self::Spawn => spawn::about(named("task")),
            Self::PingPong => ping_pong::about(named("switch")),
            Self::Load => load::about(named("wait")),
            Self::Interval => interval::about(named("tick")),
        };
        about.modes = self.modes().to_vec();
        about
    }

    async fn run<R: Runtime>(&self, runtime: &R, setup: &Setup) -> Result<Done, Error> {
        if setup.mode == Some(Mode::Coalesced) && *self != Self::Sleep {
            let runtime = Coalesced::new(runtime.clone());
            return self.run_on(&runtime, setup).await;
        }
        self.run_on(runtime, setup).await
    }

    async fn run_local<S>(&self, runtime: &S, setup: &Setup) -> Result<Done, Error>
    where
        S: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static,
    {
        if setup.mode == Some(Mode::Coalesced) && *self != Self::Sleep {
            let runtime = Coalesced::new_local(runtime.clone());
            return self.run_local_on(&runtime, setup).await;
        }
        self.run_local_on(runtime, setup).await
    }

    fn runs_local(&self) -> bool {
        true
    }

    fn operations(&self, setup: &Setup) -> u64 {
        match self {
            Self::Sleep | Self::Load => setup.n as u64,
            Self::Timeout => timeout::operations(setup),
            Self::Spawn => spawn::operations(setup),
            Self::PingPong => ping_pong::operations(setup),
            Self::Interval => interval::operations(setup),
        }
    }
}

impl Builtin {
    async fn run_on<R: Runtime>(self, runtime: &R, setup: &Setup) -> Result<Done, Error> {
        match self {
            Self::Sleep => sleep::run(runtime, setup).await,
            Self::Timeout => timeout::run(runtime, setup).await,
            Self::Spawn => spawn::run(runtime, setup).await,
            Self::PingPong => ping_pong::run(runtime, setup).await,
            Self::Load => load::run(runtime, setup).await,
            Self::Interval => interval::run(runtime, setup).await,
        }
    }

    async fn run_local_on<S>(self, runtime: &S, setup: &Setup) -> Result<Done, Error>
    where
        S: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static,
    {
        match self {
            Self::Sleep => sleep::run_local(runtime, setup).await,
            Self::Timeout => timeout::run_local(runtime, setup).await,
            Self::Spawn => spawn::run_local(runtime, setup).await,
            Self::PingPong => ping_pong::run_local(runtime, setup).await,
            Self::Load => load::run_local(runtime, setup).await,
            Self::Interval => interval::run_local(runtime, setup).await,
        }
    }
}
