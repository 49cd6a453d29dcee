//! One run of one engine, and its figures.

use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand::rngs::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

use crate::process;

/// What an engine is asked to do: n random waits at once.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// How many waits.
    pub n: usize,
    /// The upper end of a delay, which is a delay itself.
    pub max_delay: Duration,
    /// One seed gives the same delays to every engine in this process's language.
    pub seed: u64,
}

impl Run {
    /// The delays of this run in the order in which they are drawn: those of `wait_n_with`.
    ///
    /// # Panics
    ///
    /// If the largest delay is more than 584 years.
    pub fn delays(self) -> impl Iterator<Item = Duration> + Send + 'static {
        let max_delay = u64::try_from(self.max_delay.as_nanos()).expect("less than 584 years");
        let uniform = Uniform::new_inclusive(0, max_delay).expect("0 is the lowest number");
        let rng = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        uniform
            .sample_iter(rng)
            .map(Duration::from_nanos)
            .take(self.n)
    }

    /// Measures one run in this process, which should have done nothing else yet: `waits` returns
    /// the delays in seconds, in the order in which they have ended.
    ///
    /// # Panics
    ///
    /// If the waits are not n, or have ended before their time.
    pub fn measure(self, waits: impl FnOnce() -> Vec<f64>) -> Figures {
        let base_rss_bytes = process::memory();
        let before = process::cpu_time();
        let start = Instant::now();
        let delays = waits();
        let total = start.elapsed();
        let after = process::cpu_time();
        let peak_rss_bytes = process::peak_memory();

        assert_eq!(delays.len(), self.n, "every wait gives its delay");
        let longest = delays.iter().copied().fold(0.0, f64::max);
        assert!(
            total.as_secs_f64() >= longest,
            "{total:?} for a wait of {longest} s"
        );
        Figures {
            n: self.n,
            total_s: total.as_secs_f64(),
            longest_s: longest,
            cpu_user_s: (after.user - before.user).as_secs_f64(),
            cpu_system_s: (after.system - before.system).as_secs_f64(),
            base_rss_bytes,
            peak_rss_bytes,
            out_of_order: delays.windows(2).filter(|pair| pair[0] > pair[1]).count(),
        }
    }
}

/// The figures of one run, which the scripts in other languages print too.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Figures {
    /// How many waits.
    pub n: usize,
    /// From before the first wait was made until the last one had ended.
    pub total_s: f64,
    /// The largest of the delays drawn.
    pub longest_s: f64,
    /// User time of all threads.
    pub cpu_user_s: f64,
    /// System time of all threads.
    pub cpu_system_s: f64,
    /// Memory at the start.
    pub base_rss_bytes: u64,
    /// The most memory there was.
    pub peak_rss_bytes: u64,
    /// How many waits ended right after one with a larger delay.
    pub out_of_order: usize,
}

impl Figures {
    /// What the engine took beyond the largest delay, in seconds.
    #[must_use]
    pub fn overhead_s(&self) -> f64 {
        self.total_s - self.longest_s
    }

    /// User and system time of all threads, in seconds.
    #[must_use]
    pub fn cpu_s(&self) -> f64 {
        self.cpu_user_s + self.cpu_system_s
    }

    /// Peak memory above that of the start, for each wait.
    #[must_use]
    pub fn bytes_per_wait(&self) -> f64 {
        self.peak_rss_bytes.saturating_sub(self.base_rss_bytes) as f64 / self.n as f64
    }
}
