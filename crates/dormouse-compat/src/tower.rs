//! tower's backoff, without a dependency on its runtime.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use dormouse_core::{MaxDelay, Sleeper, WaitRandom, wait_random, wait_random_with};
use pin_project_lite::pin_project;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use tower::retry::backoff::{Backoff, MakeBackoff};

/// tower's `Backoff` on any runtime: exponential, with full jitter.
///
/// The n-th wait is a random delay of up to `base * 2^n`, and of at most `cap`: this is
/// [`wait_random`] with a maximum that doubles. tower's own `ExponentialBackoff` only sleeps on
/// tokio. So do tower's `Timeout`, `RateLimit` and `Hedge`, and a `Buffer` spawns there, unless it is
/// made by `Buffer::pair`. A `TpsBudget` works anywhere, but on a `Virtual` it does not refill, as it
/// reads tokio's clock.
///
/// Source: M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015.
///
/// # Examples
///
/// ```
/// use dormouse::{BlockOn, Virtual};
/// use dormouse_compat::Tower;
/// use std::time::Duration;
/// use tower::retry::backoff::Backoff;
///
/// let runtime = Virtual::new();
/// let mut backoff = Tower::new(runtime.handle(), Duration::from_millis(100), Duration::from_secs(2));
/// for _ in 0..10 {
///     runtime.block_on(backoff.next_backoff());
/// }
/// // 0.1 s, 0.2 s, 0.4 s, 0.8 s and 1.6 s at most, and five times 2 s.
/// assert!(runtime.elapsed() <= Duration::from_millis(13_100));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tower<S> {
    sleeper: S,
    base: Duration,
    cap: Duration,
    seed: Option<u64>,
    /// What the next wait is drawn from, if there is a seed. It is not the seed plus a count: that
    /// would give seed n + 1 the waits of seed n, shifted by one.
    next: Option<u64>,
    /// The longest that the next wait can be, but for the cap.
    longest: Duration,
}

impl<S: Sleeper> Tower<S> {
    /// Waits of up to `base` at first, then of up to twice as long each time, and of at most `cap`.
    pub const fn new(sleeper: S, base: Duration, cap: Duration) -> Self {
        Self {
            sleeper,
            base,
            cap,
            seed: None,
            next: None,
            longest: base,
        }
    }

    /// The same with delays drawn from a seed: one seed gives one sequence of waits, in each
    /// backoff that is made of this one, and the sequences of different seeds are independent.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self.next = Some(seed);
        self
    }
}

impl<S: Sleeper> Backoff for Tower<S> {
    type Future = TowerSleep<S::Sleep>;

    #[track_caller]
    fn next_backoff(&mut self) -> Self::Future {
        let longest = MaxDelay::from(self.longest.min(self.cap));
        let wait = match self.next {
            Some(next) => {
                let mut draws = Xoshiro256PlusPlus::seed_from_u64(next);
                self.next = Some(draws.next_u64());
                wait_random_with(&self.sleeper, longest, draws.next_u64())
            }
            None => wait_random(&self.sleeper, longest),
        };
        self.longest = self.longest.saturating_mul(2);
        TowerSleep { wait }
    }
}

impl<S: Sleeper + Clone> MakeBackoff for Tower<S> {
    type Backoff = Self;

    /// A backoff that starts from the first wait.
    fn make_backoff(&mut self) -> Self {
        Self {
            next: self.seed,
            longest: self.base,
            ..self.clone()
        }
    }
}

pin_project! {
    /// A wait of [`Tower`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct TowerSleep<S> {
        #[pin]
        wait: WaitRandom<S>,
    }
}

impl<S: Future<Output = ()>> Future for TowerSleep<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        ready!(self.project().wait.poll(cx));
        Poll::Ready(())
    }
}
