//! The CPU time and the memory of this process.

use std::fs;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

/// The CPU time of all threads of a process.
#[derive(Clone, Copy, Debug)]
pub struct CpuTime {
    /// User time.
    pub user: Duration,
    /// System time.
    pub system: Duration,
}

impl CpuTime {
    /// User and system time together.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.user + self.system
    }
}

/// The CPU time of this process.
///
/// # Panics
///
/// If the system does not provide it.
#[must_use]
pub fn cpu_time() -> CpuTime {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("getrusage of this process");
    CpuTime {
        user: duration(usage.user_time()),
        system: duration(usage.system_time()),
    }
}

/// The resident memory of this process, in bytes.
///
/// # Panics
///
/// If there is no `/proc`.
#[must_use]
pub fn memory() -> u64 {
    status("VmRSS:")
}

/// The peak resident memory of this process, in bytes.
///
/// It is not `ru_maxrss`, which starts from the memory of the parent process.
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
