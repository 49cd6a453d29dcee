//! What a report says of the machine and the build.

use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::others::Meter;
use crate::proc::{control_group, cpu_times, line, number, value};
use crate::units::counted;

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
    /// The share of one core that other programs took from before the first round until after the last
    /// one.
    #[serde(default)]
    pub(crate) others_share: Option<f64>,
    #[serde(skip)]
    pub(crate) meter: Option<Meter>,
    /// The time from the first round to the last, in seconds; none in a session that was cut off.
    #[serde(default)]
    pub(crate) measured_s: Option<f64>,
    pub(crate) rustc: String,
    pub(crate) profile: String,
    pub(crate) allocator: String,
    pub(crate) versions: Vec<(String, String)>,
}

impl Environment {
    /// Reads the environment before the first round.
    pub(crate) fn before() -> Self {
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
            cgroup_cpu_max: limit("cpu.max"),
            cgroup_memory_max: limit("memory.max"),
            clock_source: line("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            nice: nice(),
            governor: line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            timer_slack_ns: number("/proc/self/timerslack_ns"),
            load: (load(), None),
            steal: (steal(), None),
            others_share: None,
            meter: Meter::read(),
            measured_s: None,
            rustc: env!("DORMOUSE_RUSTC").into(),
            profile: env!("DORMOUSE_PROFILE").into(),
            allocator: "the system's".into(),
            versions: versions()
                .map(|(name, version)| (name.into(), version.into()))
                .collect(),
        }
    }

    /// Reads what changes, after the last round.
    pub(crate) fn after(&mut self) {
        let meters = Meter::read().zip(self.meter);
        self.others_share = meters.map(|(after, before)| after.others_since(before));
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

/// The crates of the runtimes, with the versions that this build has, or `unknown`.
pub(crate) fn versions() -> impl Iterator<Item = (&'static str, &'static str)> {
    let versions = env!("DORMOUSE_VERSIONS").split(',');
    versions.filter_map(|version| version.split_once(' '))
}

/// The limit of the innermost control group that has one.
fn limit(file: &str) -> Option<String> {
    let limits: Vec<String> = control_group([file]).into_iter().flatten().collect();
    let set = limits.iter().find(|limit| !limit.starts_with("max"));
    set.or(limits.first()).cloned()
}

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
    cpu_times()?.get(7).copied()
}
