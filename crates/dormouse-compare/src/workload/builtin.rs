//! The workloads that come with the comparison.

use std::time::Duration;

use dormouse::{LocalSpawner, Runtime, Sleeper};

use crate::error::Error;
use crate::figures::{Figure, Unit};
use crate::mode::Mode;
use crate::workload::{About, Done, Setup, Workload, coalesced};
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

    /// Its name on the command line.
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

    /// The modes that are compared by default.
    pub(crate) fn default_modes(self) -> Vec<Mode> {
        match self {
            Self::Load => vec![Mode::Native],
            _ => self.about().modes,
        }
    }
}

impl Workload for Builtin {
    fn about(&self) -> About {
        let about = |operation| About::new(self.name(), operation);
        let native = vec![Mode::Native, Mode::Coalesced];
        match self {
            Self::Sleep => sleep::about(about("wait")),
            Self::Timeout => timeout::about(about("operation"), native),
            Self::Spawn => spawn::about(about("task")),
            Self::PingPong => ping_pong::about(about("switch")),
            Self::Load => load::about(about("wait"), native),
            Self::Interval => interval::about(about("tick"), native),
        }
    }

    async fn run<R: Runtime>(&self, runtime: &R, setup: &Setup) -> Result<Done, Error> {
        if setup.mode == Some(Mode::Coalesced) && *self != Self::Sleep {
            let runtime = coalesced::runtime(runtime);
            return self.run_on(&runtime, setup).await;
        }
        self.run_on(runtime, setup).await
    }

    async fn run_local<S>(&self, runtime: &S, setup: &Setup) -> Result<Done, Error>
    where
        S: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static,
    {
        if setup.mode == Some(Mode::Coalesced) && *self != Self::Sleep {
            let runtime = coalesced::local(runtime);
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

/// The figures that every workload has.
pub(super) fn common(operation: &str) -> Vec<Figure> {
    let seconds = |key: &str, title: &str| Figure::new(key, title, Unit::Seconds);
    let count = |key: &str, title: &str| Figure::new(key, title, Unit::Count);
    let many = match operation.ends_with("ch") {
        true => format!("{operation}es"),
        false => format!("{operation}s"),
    };
    vec![
        seconds(&format!("per_{operation}_s"), &format!("time/{operation}"))
            .ranked("takes the least time"),
        seconds(
            &format!("cpu_per_{operation}_s"),
            &format!("CPU/{operation}"),
        )
        .ranked("costs the least CPU"),
        Figure::new("peak_rss_bytes", "memory", Unit::Bytes).ranked("needs the least memory"),
        seconds("total_s", "total"),
        Figure::new(
            format!("{operation}s_per_s"),
            format!("{many}/s"),
            Unit::Rate,
        )
        .more_is_better(),
        seconds("cpu_user_s", "user"),
        seconds("cpu_system_s", "system"),
        seconds("startup_s", "startup"),
        count("voluntary_switches", "voluntary switches"),
        count("involuntary_switches", "involuntary switches"),
        Figure::new("base_rss_bytes", "memory at the start", Unit::Bytes),
    ]
}

/// Adds the figures of a lateness that are not ranked.
pub(super) fn late(about: About, ranked: &[&str]) -> About {
    let figures = [
        ("late_p50_s", "late p50"),
        ("late_p90_s", "late p90"),
        ("late_p99_s", "late p99"),
        ("late_p999_s", "late p99.9"),
        ("late_max_s", "late max"),
        ("late_min_s", "late min"),
    ];
    let mut about = about;
    for (key, title) in figures {
        if !ranked.contains(&key) {
            about.figures.push(Figure::new(key, title, Unit::Seconds));
        }
    }
    about
        .figures
        .push(Figure::new("early", "early", Unit::Count));
    about
        .figures
        .push(Figure::new("recording_s", "recording", Unit::Seconds));
    about
}

/// A figure in seconds that ranks engines.
pub(super) fn ranked(key: &str, title: &str, concern: &str) -> Figure {
    Figure::new(key, title, Unit::Seconds).ranked(concern)
}

/// The n delays, drawn from the seed.
pub(super) fn delays(setup: &Setup) -> impl Iterator<Item = Duration> + Send + 'static {
    crate::floor::delays(setup.n, setup.max_delay, setup.seed)
}
