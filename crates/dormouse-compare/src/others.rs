//! What other programs take of the machine while a session is measured.

use std::time::Instant;

/// The CPU time that all programs had taken at some moment, and that this one had with its workers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    at: Instant,
    all_s: f64,
    ours_s: f64,
}

impl Meter {
    /// Reads both times; none if the system does not provide them.
    #[cfg(target_os = "linux")]
    pub(crate) fn read() -> Option<Self> {
        use nix::sys::resource::{UsageWho, getrusage};

        let times = crate::proc::cpu_times()?;
        let [user, nice, system, _idle, _iowait, irq, softirq] = *times.first_chunk()?;
        let ours = [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN].map(|who| {
            let usage = getrusage(who).ok()?;
            let times = [usage.user_time(), usage.system_time()];
            Some(times.map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6))
        });
        let ours: Option<Vec<[f64; 2]>> = ours.into_iter().collect();
        Some(Self {
            at: Instant::now(),
            all_s: (user + nice + system + irq + softirq) as f64 / 100.0,
            ours_s: ours?.iter().flatten().sum(),
        })
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn read() -> Option<Self> {
        None
    }

    /// The CPU time that other programs have taken since `before`, as a share of one core.
    pub(crate) fn others_since(self, before: Self) -> f64 {
        let passed = self.at.duration_since(before.at).as_secs_f64();
        let others = (self.all_s - before.all_s) - (self.ours_s - before.ours_s);
        // The system counts all programs in hundredths of a second, and ours exactly.
        (others / passed.max(0.01)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_is_ours_is_no_others() {
        let before = Meter {
            at: Instant::now(),
            all_s: 100.0,
            ours_s: 1.0,
        };
        let after = Meter {
            at: before.at + Duration::from_secs(10),
            all_s: 109.0,
            ours_s: 5.0,
        };
        assert!((after.others_since(before) - 0.5).abs() < 1e-9);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_this_process_computes_is_ours() {
        // However busy the machine is with other processes.
        const LIMIT: Duration = Duration::from_secs(60);
        let before = Meter::read().expect("the system provides it");
        let mut after = Meter::read().expect("the system provides it");
        while after.ours_s - before.ours_s < 0.05 {
            assert!(after.at - before.at < LIMIT, "{before:?}, {after:?}");
            after = Meter::read().expect("the system provides it");
        }
        assert!(after.all_s >= before.all_s, "{before:?}, {after:?}");
    }
}
