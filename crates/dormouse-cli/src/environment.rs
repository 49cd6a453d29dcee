//! Where a comparison ran, and what about that should be known before it is believed.

use std::fs;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::verdict::FEW_ROUNDS;

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Environment {
    pub(crate) dormouse: String,
    /// Seconds since 1970.
    pub(crate) began_at: u64,
    pub(crate) os: String,
    pub(crate) kernel: Option<String>,
    pub(crate) cpu: Option<String>,
    pub(crate) cores: usize,
    pub(crate) governor: Option<String>,
    pub(crate) timer_slack_ns: Option<u64>,
    /// Of the last minute, before the first round and after the last one.
    pub(crate) load: (Option<f64>, Option<f64>),
    /// Hundredths of a second that the machine was taken away, before and after.
    pub(crate) steal: (Option<u64>, Option<u64>),
    pub(crate) rustc: String,
    pub(crate) profile: String,
    pub(crate) versions: Vec<(String, String)>,
}

impl Environment {
    /// What there is to see before the first round.
    pub(crate) fn before() -> Self {
        let versions = [
            ("tokio", env!("DORMOUSE_TOKIO")),
            ("smol", env!("DORMOUSE_SMOL")),
            ("async-std", env!("DORMOUSE_ASYNC_STD")),
            ("async-io", env!("DORMOUSE_ASYNC_IO")),
            ("async-executor", env!("DORMOUSE_ASYNC_EXECUTOR")),
            ("compio-runtime", env!("DORMOUSE_COMPIO_RUNTIME")),
            ("futures-executor", env!("DORMOUSE_FUTURES_EXECUTOR")),
        ];
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        Self {
            dormouse: env!("CARGO_PKG_VERSION").into(),
            began_at: now.map_or(0, |since| since.as_secs()),
            os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            kernel: line("/proc/sys/kernel/osrelease"),
            cpu: value("/proc/cpuinfo", "model name"),
            cores: thread::available_parallelism().map_or(1, Into::into),
            governor: line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            timer_slack_ns: line("/proc/self/timerslack_ns").and_then(|slack| slack.parse().ok()),
            load: (load(), None),
            steal: (steal(), None),
            rustc: env!("DORMOUSE_RUSTC").into(),
            profile: env!("DORMOUSE_PROFILE").into(),
            versions: versions
                .map(|(name, version)| (name.into(), version.into()))
                .into(),
        }
    }

    /// What there is to see after the last round.
    pub(crate) fn after(&mut self) {
        self.load.1 = load();
        self.steal.1 = steal();
    }

    /// What should be known before the comparison is believed, and what to do about it.
    pub(crate) fn warnings(&self, engines: &[Engine], rounds: usize) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.profile == "debug" {
            warnings.push("this is a debug build: run it with `cargo run --release`".into());
        }
        if rounds < FEW_ROUNDS {
            warnings.push(format!(
                "{rounds} rounds can't tell engines apart: ask for {FEW_ROUNDS} or more"
            ));
        }
        if let Some(load) = self.load.0.filter(|load| *load > 0.5) {
            warnings.push(format!(
                "the load was {load} before the start: stop what else is running"
            ));
        }
        let threads = engines.iter().map(|engine| engine.threads.get()).max();
        if let Some(threads) = threads.filter(|threads| *threads > self.cores) {
            warnings.push(format!(
                "{threads} threads share {} cores: lower `--threads`",
                self.cores
            ));
        }
        if let Some(governor) = self
            .governor
            .as_ref()
            .filter(|governor| *governor != "performance")
        {
            warnings.push(format!(
                "the CPU's governor is {governor}: set it to performance"
            ));
        }
        if let (Some(before), Some(after)) = self.steal
            && after > before
        {
            warnings.push(format!(
                "the machine was taken away for {} ms: prefer one that is not shared",
                (after - before) * 10
            ));
        }
        warnings
    }
}

fn load() -> Option<f64> {
    line("/proc/loadavg")?.split(' ').next()?.parse().ok()
}

fn steal() -> Option<u64> {
    line("/proc/stat")?.split_whitespace().nth(8)?.parse().ok()
}

/// The first line of a file.
fn line(file: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}

/// What stands behind a key and a colon.
fn value(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_once(':')
        .map(|(_, value)| value.trim().to_owned())
}
