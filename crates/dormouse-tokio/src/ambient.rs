//! The ambient runtime.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use dormouse_core::adapter::called_at;
use dormouse_core::{Sleeper, Spawner};
use tokio::runtime::Handle;
use tokio::time;

use crate::handle::SMALL_FUTURE;
use crate::sleep::Clock;
use crate::yield_now::yield_now;
use crate::{TokioHandle, TokioSleep, TokioTask};

/// The tokio runtime that the calling code runs in.
///
/// It can't block on a future, as it does not drive the runtime; use a
/// [`TokioRuntime`](crate::TokioRuntime) for that.
///
/// # Panics
///
/// [`Sleeper::sleep`], [`Sleeper::sleep_until`], [`Spawner::spawn`] and
/// [`SpawnBlocking::spawn_blocking`](dormouse_core::SpawnBlocking::spawn_blocking) panic outside of a
/// tokio runtime, as tokio itself does.
///
/// # Examples
///
/// ```
/// use dormouse_core::{Sleeper, Spawner};
/// use dormouse_tokio::Tokio;
/// use std::time::Duration;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let task = Tokio.spawn(async { 42 });
/// Tokio.sleep(Duration::from_millis(2)).await;
/// assert_eq!(task.await.unwrap(), 42);
/// # });
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Tokio;

impl Tokio {
    /// Whether the calling code runs in a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::BlockOn;
    /// use dormouse_tokio::{Tokio, TokioRuntime};
    ///
    /// assert!(!Tokio::is_here());
    /// assert!(TokioRuntime::new().block_on(async { Tokio::is_here() }));
    /// ```
    #[must_use]
    pub fn is_here() -> bool {
        Handle::try_current().is_ok()
    }
}

impl Sleeper for Tokio {
    type Sleep = TokioSleep;

    /// tokio's own clock, which its tests can pause.
    fn now(&self) -> Instant {
        time::Instant::now().into_std()
    }

    #[inline]
    #[track_caller]
    fn sleep_until(&self, deadline: Instant) -> TokioSleep {
        let clock = Clock::of(current().as_ref());
        TokioSleep::until(deadline, clock)
    }

    #[inline]
    #[track_caller]
    fn sleep(&self, duration: Duration) -> TokioSleep {
        let clock = Clock::of(current().as_ref());
        TokioSleep::of(duration, clock)
    }

    #[track_caller]
    fn reset(&self, mut sleep: Pin<&mut TokioSleep>, deadline: Instant) {
        if sleep.has_lost_its_runtime() && Self::is_here() {
            sleep.set(self.sleep_until(deadline));
        } else {
            sleep.reset_to(deadline);
        }
    }
}

impl Spawner for Tokio {
    type Task<T: Send + 'static> = TokioTask<T>;

    const SMALL_FUTURE: usize = SMALL_FUTURE;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        current().spawn(future)
    }

    fn can_spawn(&self) -> bool {
        Self::is_here()
    }

    fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
        yield_now()
    }
}

dormouse_core::__forward! { SpawnBlocking [] Tokio, |_tokio| &current(), TokioHandle }

#[inline]
#[track_caller]
fn current() -> TokioHandle {
    match TokioHandle::try_current() {
        Some(handle) => handle,
        None => none_here(),
    }
}

#[cold]
#[track_caller]
fn none_here() -> ! {
    let place = called_at();
    panic!(
        "no tokio runtime here{place}: call this inside of one (`#[tokio::main]`, \
         `#[tokio::test]` or `Runtime::block_on`), or use a `TokioRuntime` or its handle in place \
         of `Tokio`"
    )
}
