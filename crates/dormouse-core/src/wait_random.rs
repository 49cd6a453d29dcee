//! One random wait.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use crate::max_delay::seconds;
use crate::sleeper::draws;
use crate::{MaxDelay, Sleeper, Spawner};

/// Waits a random delay in `[0, max_delay]`, both ends included, and returns it in seconds.
///
/// The delay is drawn uniformly among whole nanoseconds, and counts from this call.
///
/// # Panics
///
/// The call panics as that of [`Sleeper::sleep`] does, and a poll as that of its sleep: outside the context
/// of a runtime that needs one.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, wait_random};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let delay = runtime.block_on(wait_random(&runtime, Duration::from_millis(5)));
/// assert!((0.0..=0.005).contains(&delay));
/// ```
#[track_caller]
pub fn wait_random<S: Sleeper>(
    sleeper: &S,
    max_delay: impl Into<MaxDelay>,
) -> WaitRandom<S::Sleep> {
    wait(sleeper, max_delay.into(), None)
}

/// [`wait_random`] with a seed: one seed gives one delay, on every runtime.
///
/// [`wait_n_with`](crate::wait_n_with) with this seed and an n of 1 gives the same delay.
///
/// # Panics
///
/// Same as [`wait_random`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, wait_random_with};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let wait = || runtime.block_on(wait_random_with(&runtime, Duration::from_millis(5), 7));
/// assert_eq!(wait(), wait());
/// ```
#[track_caller]
pub fn wait_random_with<S: Sleeper>(
    sleeper: &S,
    max_delay: impl Into<MaxDelay>,
    seed: u64,
) -> WaitRandom<S::Sleep> {
    wait(sleeper, max_delay.into(), Some(seed))
}

/// Spawns [`wait_random`] and returns the runtime's task: an ordinary function, not async.
///
/// The delay counts from this call. The task goes on if its handle is dropped, and gives its
/// delay in seconds or a [`JoinError`](crate::JoinError).
///
/// # Panics
///
/// Same as [`Sleeper::sleep`] and [`Spawner::spawn`]: outside the context of a runtime that needs
/// one.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, task_wait_random};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let task = task_wait_random(&runtime, Duration::from_millis(5));
/// assert!(runtime.block_on(task).unwrap() <= 0.005);
/// ```
#[track_caller]
pub fn task_wait_random<R>(runtime: &R, max_delay: impl Into<MaxDelay>) -> R::Task<f64>
where
    R: Sleeper<Sleep: Send + 'static> + Spawner,
{
    runtime.spawn(wait_random(runtime, max_delay))
}

/// [`task_wait_random`] with a seed: one seed gives one delay, on every runtime.
///
/// # Panics
///
/// Same as [`task_wait_random`].
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, task_wait_random_with, wait_random_with};
/// use std::time::Duration;
///
/// let runtime = dormouse_smol::Smol;
/// let max_delay = Duration::from_millis(5);
/// let task = task_wait_random_with(&runtime, max_delay, 7);
/// let wait = wait_random_with(&runtime, max_delay, 7);
/// assert_eq!(runtime.block_on(task).unwrap(), runtime.block_on(wait));
/// ```
#[track_caller]
pub fn task_wait_random_with<R>(
    runtime: &R,
    max_delay: impl Into<MaxDelay>,
    seed: u64,
) -> R::Task<f64>
where
    R: Sleeper<Sleep: Send + 'static> + Spawner,
{
    runtime.spawn(wait_random_with(runtime, max_delay, seed))
}

pin_project! {
    /// Future for the [`wait_random`] function.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct WaitRandom<F> {
        #[pin]
        sleep: F,
        delay: u64,
    }
}

impl<F: Future<Output = ()>> Future for WaitRandom<F> {
    type Output = f64;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<f64> {
        let this = self.project();
        ready!(this.sleep.poll(cx));
        Poll::Ready(seconds(*this.delay))
    }
}

#[track_caller]
fn wait<S: Sleeper>(sleeper: &S, max_delay: MaxDelay, seed: Option<u64>) -> WaitRandom<S::Sleep> {
    let delay = draws(sleeper, max_delay, seed)
        .next()
        .expect("the iterator is infinite");
    WaitRandom {
        sleep: sleeper.sleep(Duration::from_nanos(delay)),
        delay,
    }
}
