//! The machine and the build of a comparison, and warnings about what distorts its figures.

use std::fs;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::report::Session;
use crate::units::counted;
use crate::verdict::{FEW_ROUNDS, median};

/// The machine and the build of a session.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Environment {
    pub(crate) dormouse: String,
    /// Seconds since 1970.
    pub(crate) began_at: u64,
    pub(crate) os: String,
    pub(crate) kernel: Option<String>,
    pub(crate) cpu: Option<String>,
    /// The cores that this process may use, by its affinity and its quota.
    pub(crate) cores: usize,
    /// Whether the processor reports a hypervisor.
    pub(crate) is_virtual_machine: bool,
    /// The quota of CPU time and the limit of memory of the control group, as the system writes them.
    pub(crate) cgroup_cpu_max: Option<String>,
    pub(crate) cgroup_memory_max: Option<String>,
    pub(crate) clock_source: Option<String>,
    pub(crate) nice: Option<i64>,
    pub(crate) governor: Option<String>,
    pub(crate) timer_slack_ns: Option<u64>,
    /// The load average of one minute, before the first round and after the last one.
    pub(crate) load: (Option<f64>, Option<f64>),
    /// Hundredths of a second that the hypervisor has taken from this machine, before and after.
    pub(crate) steal: (Option<u64>, Option<u64>),
    pub(crate) rustc: String,
    pub(crate) profile: String,
    pub(crate) allocator: String,
    pub(crate) versions: Vec<(String, String)>,
}

impl Environment {
    /// Reads the environment before the first round.
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
            is_virtual_machine: value("/proc/cpuinfo", "flags")
                .is_some_and(|flags| flags.split(' ').any(|flag| flag == "hypervisor")),
            cgroup_cpu_max: line("/sys/fs/cgroup/cpu.max"),
            cgroup_memory_max: line("/sys/fs/cgroup/memory.max"),
            clock_source: line("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            nice: nice(),
            governor: line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            timer_slack_ns: line("/proc/self/timerslack_ns").and_then(|slack| slack.parse().ok()),
            load: (load(), None),
            steal: (steal(), None),
            rustc: env!("DORMOUSE_RUSTC").into(),
            profile: env!("DORMOUSE_PROFILE").into(),
            allocator: "the system's".into(),
            versions: versions
                .map(|(name, version)| (name.into(), version.into()))
                .into(),
        }
    }

    /// Reads the load and the stolen time after the last round.
    pub(crate) fn after(&mut self) {
        self.load.1 = load();
        self.steal.1 = steal();
    }

    /// The machine in one line.
    pub(crate) fn line(&self) -> String {
        let cpu = self.cpu.as_deref().unwrap_or("an unknown processor");
        let machine = if self.is_virtual_machine {
            ", virtual machine"
        } else {
            ""
        };
        let kernel = self.kernel.as_deref().unwrap_or("");
        let cores = counted(self.cores, "core");
        format!("{cores} of {cpu}{machine}, {} {kernel}", self.os)
    }
}

impl Session {
    /// What distorts the figures of this session, and what to do about it.
    pub(crate) fn warn(&self) -> Vec<String> {
        let environment = &self.environment;
        let mut warnings = self.doubts();
        let mut warn = |warning: String| warnings.push(warning);
        if self.rounds < FEW_ROUNDS {
            warn(format!(
                "{} can't tell engines apart: ask for {FEW_ROUNDS} or more",
                counted(self.rounds, "round")
            ));
        }
        if self.is_virtual() {
            return warnings;
        }
        if !cfg!(any(unix, windows)) {
            warn("this system tells neither CPU time nor memory: those figures are absent".into());
        }
        let governor = environment.governor.as_deref();
        if let Some(governor) = governor.filter(|governor| *governor != "performance") {
            warn(format!(
                "the CPU's governor is {governor}: set it to performance"
            ));
        }
        if let Some(stolen) = self.stolen_s().filter(|stolen| *stolen > 0.0) {
            warn(format!(
                "the hypervisor took this machine's CPU for {:.0} ms: prefer one that is not shared",
                stolen * 1e3
            ));
        }
        if let Some(slack) = environment.timer_slack_ns.filter(|slack| *slack != 50_000) {
            warn(format!(
                "the timer slack is {slack} ns, and not the usual 50000: start from another shell"
            ));
        }
        if self.coordinator_share > 0.01 && self.seconds() > 1.0 {
            warn(format!(
                "the coordinator took {:.1} % of a core while workers ran: report this as a bug",
                self.coordinator_share * 100.0
            ));
        }
        let runs = self.engines.iter().flat_map(|row| row.figures());
        let recording: Vec<f64> = runs
            .filter_map(|(_, figures)| figures.get("recording_s"))
            .map(|seconds| seconds * 1e9)
            .collect();
        // A debug build is slow anyway, and has a warning already.
        let is_slow = |nanos: &f64| *nanos > 150.0 && environment.profile != "debug";
        if let Some(nanos) = median(recording).filter(is_slow) {
            warn(format!(
                "writing down a wait took {nanos:.0} ns: the clock of this machine is slow{}",
                environment
                    .clock_source
                    .as_ref()
                    .map_or(String::new(), |source| format!(" ({source}; try tsc)"))
            ));
        }
        warnings
    }

    /// The warnings that reduce the findings to hints.
    ///
    /// Without this, two sessions, one of them on a busy machine, named different winners with the
    /// same certainty.
    pub(crate) fn doubts(&self) -> Vec<String> {
        let environment = &self.environment;
        let mut doubts = Vec::new();
        // The state of the machine does not affect virtual time.
        if self.is_virtual() {
            return doubts;
        }
        let mut doubt = |words: String| doubts.push(words);
        if environment.profile == "debug" {
            doubt(
                "this is a debug build, whose figures say little: run it with `cargo run --release`"
                    .into(),
            );
        }
        if let Some(load) = environment.load.0.filter(|load| *load > 0.5) {
            doubt(format!(
                "the machine was busy before the start (load {load}): stop what else is running"
            ));
        }
        let cores = environment.cores;
        let threads = self.engines.iter().map(|row| row.engine.threads).max();
        if let Some(threads) = threads.filter(|threads| *threads > cores) {
            doubt(format!(
                "{threads} threads share {cores} cores: lower `--threads`"
            ));
        }
        if let Some(stolen) = self.stolen_s()
            && stolen > 0.01 * self.seconds() * cores as f64
        {
            doubt(format!(
                "other machines took {:.0} % of this one's time: prefer one that is not shared",
                100.0 * stolen / self.seconds() / cores as f64
            ));
        }
        if let Some(nice) = environment.nice.filter(|nice| *nice > 0) {
            doubt(format!("the nice level is {nice}: start at level 0"));
        }
        doubts
    }

    /// Whether all engines ran on virtual time.
    fn is_virtual(&self) -> bool {
        let mut runtimes = self.engines.iter().map(|row| row.engine.runtime.as_str());
        runtimes.all(|runtime| runtime == "virtual")
    }

    /// The time that the hypervisor took from this machine during the session, in seconds.
    fn stolen_s(&self) -> Option<f64> {
        let (before, after) = self.environment.steal;
        Some(after?.saturating_sub(before?) as f64 / 100.0)
    }

    /// How long all runs took together, including the start and the end of each process.
    fn seconds(&self) -> f64 {
        let figures = self.engines.iter().flat_map(|row| row.figures());
        figures
            .filter_map(|(_, figures)| figures.get("total_s"))
            .map(|total| total + PROCESS_S)
            .sum()
    }
}

/// The time in which a process starts and ends.
const PROCESS_S: f64 = 0.02;

fn nice() -> Option<i64> {
    let stat = line("/proc/self/stat")?;
    // The name may have spaces; the fields after it begin with the third.
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(16)?.parse().ok()
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

/// The value after a key and a colon.
fn value(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_once(':')
        .map(|(_, value)| value.trim().to_owned())
}
