//! hyper's timer and executor, and a sleeper from hyper's timer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dormouse_core::{Sleeper, Spawner, Task};
use hyper::rt;
use pin_project_lite::pin_project;

/// hyper's `rt::Timer` and `rt::Executor` on any runtime.
///
/// A sleep costs the one allocation that hyper's trait requires; `reset` reuses it. Any
/// [`Runtime`](dormouse_core::Runtime) will do; hyper's HTTP/2 requires one that is `Clone`, such
/// as a handle.
///
/// # Examples
///
/// ```
/// use dormouse::TokioRuntime;
/// use dormouse_compat::Hyper;
/// use hyper::server::conn::http1;
/// use std::time::Duration;
///
/// let runtime = TokioRuntime::multi_thread(1);
/// let mut server = http1::Builder::new();
/// server
///     .timer(Hyper::new(runtime))
///     .header_read_timeout(Duration::from_secs(5));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Hyper<R>(R);

impl<R> Hyper<R> {
    /// Wraps a sleeper or a spawner for hyper.
    pub const fn new(runtime: R) -> Self {
        Self(runtime)
    }
}

/// The runtime is never pinned; hyper's HTTP/2 client requires this.
impl<R> Unpin for Hyper<R> {}

impl<S> rt::Timer for Hyper<S>
where
    S: Sleeper<Sleep: Send + Sync + 'static>,
{
    #[track_caller]
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn rt::Sleep>> {
        let sleep = self.0.sleep(duration);
        Box::pin(HyperSleep { sleep })
    }

    #[track_caller]
    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn rt::Sleep>> {
        let sleep = self.0.sleep_until(deadline);
        Box::pin(HyperSleep { sleep })
    }

    fn now(&self) -> Instant {
        self.0.now()
    }

    #[track_caller]
    fn reset(&self, sleep: &mut Pin<Box<dyn rt::Sleep>>, new_deadline: Instant) {
        match sleep.as_mut().downcast_mut_pin::<HyperSleep<S::Sleep>>() {
            Some(ours) => {
                self.0.reset(ours.project().sleep, new_deadline);
            }
            // The sleep of another timer can only be replaced.
            None => *sleep = self.sleep_until(new_deadline),
        }
    }
}

impl<R, F> rt::Executor<F> for Hyper<R>
where
    R: Spawner,
    F: Future<Output: Send + 'static> + Send + 'static,
{
    #[track_caller]
    fn execute(&self, future: F) {
        self.0.spawn(future).detach();
    }
}

pin_project! {
    /// A sleep of [`Hyper`].
    #[derive(Debug)]
    pub struct HyperSleep<S> {
        #[pin]
        sleep: S,
    }
}

impl<S: Future<Output = ()>> Future for HyperSleep<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.poll(cx)
    }
}

impl<S: Future<Output = ()> + Send + Sync> rt::Sleep for HyperSleep<S> {}

/// A [`Sleeper`] from one of hyper's timers, for runtimes that have only that.
///
/// Its guarantees are those of the timer: hyper's documentation does not promise that a sleep
/// counts from the call or is never early. hyper's timers have no wall clock: that is the system's,
/// over a `Virtual`, too. Nor do they tell how coarse they are: if the timer may be more than a few
/// milliseconds late, say so by [`with_timer_step`](Self::with_timer_step).
///
/// # Examples
///
/// ```
/// use dormouse::{BlockOn, Smol, wait_n};
/// use dormouse_compat::{FromHyper, Hyper};
/// use std::time::Duration;
///
/// // To hyper's traits and back again.
/// let sleeper = FromHyper::new(Hyper::new(Smol));
/// let delays = Smol.block_on(wait_n(&sleeper, 10, Duration::from_millis(5)));
/// assert!(delays.is_sorted());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct FromHyper<T> {
    timer: T,
    timer_step: Duration,
}

impl<T> FromHyper<T> {
    /// Wraps a timer.
    pub const fn new(timer: T) -> Self {
        Self {
            timer,
            timer_step: Duration::ZERO,
        }
    }

    /// The same for a coarse timer: the [`Sleeper::timer_step`] that this sleeper has, zero if it
    /// is not set.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse::{Coalesced, Sleeper, Smol};
    /// use dormouse_compat::{FromHyper, Hyper};
    /// use std::time::Duration;
    ///
    /// let coarse = Coalesced::with_slack(Smol, Duration::from_millis(50));
    /// let step = coarse.timer_step();
    /// let sleeper = FromHyper::new(Hyper::new(coarse)).with_timer_step(step);
    /// assert_eq!(sleeper.timer_step(), Duration::from_millis(50));
    /// ```
    #[must_use]
    pub const fn with_timer_step(mut self, timer_step: Duration) -> Self {
        self.timer_step = timer_step;
        self
    }
}

impl<T: rt::Timer> Sleeper for FromHyper<T> {
    type Sleep = Pin<Box<dyn rt::Sleep>>;

    fn now(&self) -> Instant {
        self.timer.now()
    }

    #[track_caller]
    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        self.timer.sleep_until(deadline)
    }

    #[track_caller]
    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.timer.sleep(duration)
    }

    #[track_caller]
    fn reset(&self, sleep: Pin<&mut Self::Sleep>, deadline: Instant) {
        self.timer.reset(sleep.get_mut(), deadline);
    }

    fn timer_step(&self) -> Duration {
        self.timer_step
    }
}
