//! What the system says of this process and of its memory.

use std::fs;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde::{Deserialize, Serialize};

/// What a process has used of the machine.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Usage {
    pub(crate) cpu_user_s: f64,
    pub(crate) cpu_system_s: f64,
    pub(crate) voluntary_switches: Option<i64>,
    pub(crate) involuntary_switches: Option<i64>,
}

impl Usage {
    /// What this process has used until now.
    pub(crate) fn now() -> Self {
        let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
            return Self::default();
        };
        Self {
            cpu_user_s: seconds(usage.user_time()),
            cpu_system_s: seconds(usage.system_time()),
            voluntary_switches: Some(usage.voluntary_context_switches()),
            involuntary_switches: Some(usage.involuntary_context_switches()),
        }
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            cpu_user_s: self.cpu_user_s - before.cpu_user_s,
            cpu_system_s: self.cpu_system_s - before.cpu_system_s,
            voluntary_switches: less(self.voluntary_switches, before.voluntary_switches),
            involuntary_switches: less(self.involuntary_switches, before.involuntary_switches),
        }
    }

    pub(crate) fn cpu_s(self) -> f64 {
        self.cpu_user_s + self.cpu_system_s
    }
}

/// The most memory that this process has had, in bytes.
///
/// Linux's own mark, as `getrusage` begins with the memory of the process that started this one.
pub(crate) fn peak_rss_bytes() -> u64 {
    kilobytes("/proc/self/status", "VmHWM:").unwrap_or_else(|| {
        let kilo = if cfg!(target_vendor = "apple") {
            1
        } else {
            1024
        };
        getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| usage.max_rss().unsigned_abs() * kilo)
    })
}

/// The memory that this process has now, in bytes; the most it has had, where only that is told.
pub(crate) fn rss_bytes() -> u64 {
    kilobytes("/proc/self/status", "VmRSS:").unwrap_or_else(peak_rss_bytes)
}

/// The memory that is to be had without swapping, in bytes, if the system tells.
pub(crate) fn available_bytes() -> Option<u64> {
    let free = kilobytes("/proc/meminfo", "MemAvailable:");
    let number = |name: &str| -> Option<u64> {
        let text = fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok()?;
        text.trim().parse().ok()
    };
    let limit =
        number("memory.max").map(|max| max.saturating_sub(number("memory.current").unwrap_or(0)));
    match (free, limit) {
        (Some(free), Some(limit)) => Some(free.min(limit)),
        (free, limit) => free.or(limit),
    }
}

fn less(now: Option<i64>, before: Option<i64>) -> Option<i64> {
    Some(now? - before?)
}

fn kilobytes(file: &str, key: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}
