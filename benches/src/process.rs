//! What this process has used so far.

use std::fs;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// The CPU time of all threads of a process.
#[derive(Clone, Copy, Debug)]
pub struct CpuTime {
    /// In its own code.
    pub user: Duration,
    /// In the system's.
    pub system: Duration,
}

impl CpuTime {
    /// In both.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.user + self.system
    }
}

/// The CPU time of this process.
///
/// # Panics
///
/// If the system does not tell.
#[must_use]
pub fn cpu_time() -> CpuTime {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("getrusage of this process");
    CpuTime {
        user: duration(usage.user_time()),
        system: duration(usage.system_time()),
    }
}

/// The memory that this process has at present, in bytes.
///
/// # Panics
///
/// If there is no `/proc`.
#[must_use]
pub fn memory() -> u64 {
    status("VmRSS:")
}

/// The most memory that this process has ever had, in bytes: not that of its parent, which
/// `ru_maxrss` begins with.
///
/// # Panics
///
/// If there is no `/proc`.
#[must_use]
pub fn peak_memory() -> u64 {
    status("VmHWM:")
}

fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux with /proc");
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .and_then(|value| value.trim().strip_suffix(" kB"))
        .and_then(|value| value.parse::<u64>().ok());
    kilobytes.unwrap_or_else(|| panic!("no {field} in /proc/self/status")) * 1024
}

fn duration(time: TimeVal) -> Duration {
    let seconds = u64::try_from(time.tv_sec()).expect("time used is not negative");
    let micros = u64::try_from(time.tv_usec()).expect("time used is not negative");
    Duration::from_secs(seconds) + Duration::from_micros(micros)
}
