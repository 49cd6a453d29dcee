//! The CPU time, memory and context switches of this process, and the limits of the system.

use crate::proc::{bytes, control_group, number, value};

/// The CPU time and the context switches of a process.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Usage {
    /// User time of all threads, in seconds.
    pub cpu_user_s: f64,
    /// System time of all threads, in seconds.
    pub cpu_system_s: f64,
    /// How often a thread gave up its core to wait.
    pub voluntary_switches: Option<f64>,
    /// How often a thread was taken off its core.
    pub involuntary_switches: Option<f64>,
}

impl Usage {
    /// The usage of this process so far; none if the system does not provide it.
    #[must_use]
    pub fn now() -> Option<Self> {
        #[cfg(unix)]
        {
            use nix::sys::resource::{UsageWho, getrusage};

            let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
            let seconds =
                |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
            Some(Self {
                cpu_user_s: seconds(usage.user_time()),
                cpu_system_s: seconds(usage.system_time()),
                voluntary_switches: Some(usage.voluntary_context_switches() as f64),
                involuntary_switches: Some(usage.involuntary_context_switches() as f64),
            })
        }
        #[cfg(windows)]
        {
            let (_, _, system, user) = winsafe::HPROCESS::GetCurrentProcess()
                .GetProcessTimes()
                .ok()?;
            // A FILETIME counts steps of 100 ns.
            let seconds = |time: winsafe::FILETIME| u64::from(time) as f64 / 1e7;
            Some(Self {
                cpu_user_s: seconds(user),
                cpu_system_s: seconds(system),
                voluntary_switches: None,
                involuntary_switches: None,
            })
        }
        #[cfg(not(any(unix, windows)))]
        None
    }

    /// The usage since `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        let less = |now: Option<f64>, before: Option<f64>| Some(now? - before?);
        Self {
            cpu_user_s: self.cpu_user_s - before.cpu_user_s,
            cpu_system_s: self.cpu_system_s - before.cpu_system_s,
            voluntary_switches: less(self.voluntary_switches, before.voluntary_switches),
            involuntary_switches: less(self.involuntary_switches, before.involuntary_switches),
        }
    }

    /// User and system time together, in seconds.
    #[must_use]
    pub fn cpu_s(self) -> f64 {
        self.cpu_user_s + self.cpu_system_s
    }
}

/// The peak resident memory of this process in bytes; none if the system does not provide it.
///
/// On Linux it is `VmHWM`, because `ru_maxrss` of `getrusage` starts from the memory of the parent
/// process.
#[must_use]
pub fn peak_rss_bytes() -> Option<u64> {
    bytes(STATUS, "VmHWM").or_else(|| {
        #[cfg(unix)]
        {
            use nix::sys::resource::{UsageWho, getrusage};

            let unit = if cfg!(target_vendor = "apple") {
                1
            } else {
                1024
            };
            let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
            Some(usage.max_rss().unsigned_abs() * unit)
        }
        #[cfg(windows)]
        {
            let memory = winsafe::HPROCESS::GetCurrentProcess().GetProcessMemoryInfo();
            u64::try_from(memory.ok()?.PeakWorkingSetSize).ok()
        }
        #[cfg(not(any(unix, windows)))]
        None
    })
}

/// The resident memory of this process in bytes; none if the system does not provide it.
#[must_use]
pub fn rss_bytes() -> Option<u64> {
    #[cfg(windows)]
    {
        let memory = winsafe::HPROCESS::GetCurrentProcess().GetProcessMemoryInfo();
        u64::try_from(memory.ok()?.WorkingSetSize).ok()
    }
    #[cfg(not(windows))]
    bytes(STATUS, "VmRSS")
}

/// The memory that is available without swapping, in bytes, if the system provides it.
#[must_use]
pub fn available_bytes() -> Option<u64> {
    #[cfg(windows)]
    let free = winsafe::GlobalMemoryStatusEx()
        .ok()
        .map(|memory| memory.ullAvailPhys);
    #[cfg(not(windows))]
    let free = bytes("/proc/meminfo", "MemAvailable");
    let groups = control_group(["memory.max", "memory.current"]).into_iter();
    let left = groups.filter_map(|[max, current]| {
        let (max, current): (u64, u64) = (max.parse().ok()?, current.parse().ok()?);
        Some(max.saturating_sub(current))
    });
    let limit = left.min();
    match (free, limit) {
        (Some(free), Some(limit)) => Some(free.min(limit)),
        (free, limit) => free.or(limit),
    }
}

/// How many threads a process can have here, at half of the system's limits.
#[must_use]
pub fn most_threads() -> usize {
    let limits = [
        number("/proc/sys/kernel/pid_max"),
        number("/proc/sys/kernel/threads-max"),
        processes(),
    ];
    let groups = control_group(["pids.max"]).into_iter();
    let of_groups = groups.filter_map(|[max]| max.parse::<u64>().ok());
    let halves = limits
        .into_iter()
        .flatten()
        .chain(of_groups)
        .map(|limit| limit / 2);
    let maps = number("/proc/sys/vm/max_map_count").map(threads_within);
    let least = halves.chain(maps).min();
    // Other systems allow some thousands by default.
    usize::try_from(least.unwrap_or(2048)).unwrap_or(2048)
}

/// How many threads have room within a limit of memory mappings: a stack and its guard page take two,
/// and what a thread allocates may take two more. The rest is for the program.
fn threads_within(maps: u64) -> u64 {
    maps.saturating_sub(1000) / 4
}

/// Whether this process ignores a signal; `false` if the system does not tell.
#[must_use]
pub fn ignores_signal(number: u32) -> bool {
    let mask = value(STATUS, "SigIgn").and_then(|mask| u64::from_str_radix(&mask, 16).ok());
    // The lowest bit is that of signal 1.
    let shifted = mask.and_then(|mask| mask.checked_shr(number.checked_sub(1)?));
    shifted.is_some_and(|mask| mask & 1 == 1)
}

/// How many processes and threads the user may have.
fn processes() -> Option<u64> {
    let limits = value("/proc/self/limits", "Max processes")?;
    limits.split_whitespace().next()?.parse().ok()
}

const STATUS: &str = "/proc/self/status";

#[cfg(test)]
mod tests {
    /// By the limit that Linux has by default, 16,350 threads of tokio, smol or futures were measured to
    /// have room, and 16,382 to end the process.
    #[test]
    fn threads_leave_room_for_the_program() {
        assert_eq!(super::threads_within(65_530), 16_132);
        assert_eq!(super::threads_within(100), 0);
    }
}
