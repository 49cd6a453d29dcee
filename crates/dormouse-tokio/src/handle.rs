//! A handle that does not keep its runtime alive.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use dormouse_core::adapter::leave;
use dormouse_core::{Sleeper, SpawnBlocking, Spawner};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time;

use crate::ended::has_ended;
use crate::sleep::Clock;
use crate::task::in_task;
use crate::yield_now::yield_now;
use crate::{TokioSleep, TokioTask};

/// A handle of a tokio runtime, usable from any thread; it does not keep the runtime alive.
/// [`Runtime`](dormouse_core::Runtime) has an example.
///
/// It comes from [`TokioRuntime::handle`](crate::TokioRuntime::handle), or
/// [from tokio's own](#impl-From<Handle>-for-TokioHandle), which [`as_ref`](AsRef::as_ref) gives back.
///
/// Make no sleep of it in the destructor of a thread-local variable: if tokio's own thread-local
/// variables are already gone, tokio panics there, and a panic in such a destructor ends the
/// process.
#[derive(Clone, Debug)]
pub struct TokioHandle {
    handle: Handle,
}

impl TokioHandle {
    /// The handle of the runtime that the calling code runs in, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_tokio::TokioHandle;
    ///
    /// assert!(TokioHandle::try_current().is_none());
    /// ```
    #[must_use]
    pub fn try_current() -> Option<Self> {
        Handle::try_current().ok().map(Self::from)
    }
}

impl From<Handle> for TokioHandle {
    fn from(handle: Handle) -> Self {
        Self { handle }
    }
}

/// tokio's own handle, for what is beyond sleeps and tasks.
///
/// # Examples
///
/// ```
/// use dormouse_tokio::TokioRuntime;
///
/// let runtime = TokioRuntime::new();
/// let handle = runtime.handle();
/// let _entered = handle.as_ref().enter(); // for code that needs tokio's context
/// ```
impl AsRef<Handle> for TokioHandle {
    fn as_ref(&self) -> &Handle {
        &self.handle
    }
}

impl Sleeper for TokioHandle {
    type Sleep = TokioSleep;

    /// The runtime's own clock, which its tests can pause.
    #[inline]
    fn now(&self) -> Instant {
        if self.handle.runtime_flavor() == RuntimeFlavor::MultiThread {
            // tokio can't pause the clock of a multi-thread runtime, and entering the runtime
            // increments a counter on which the threads would contend.
            return Instant::now();
        }
        let here = Handle::try_current();
        let _context = match &here {
            Ok(here) if here.id() == self.handle.id() => None,
            // In the destructor of a thread-local variable tokio's context may be gone.
            Err(error) if error.is_thread_local_destroyed() => return Instant::now(),
            _ => Some(self.handle.enter()),
        };
        time::Instant::now().into_std()
    }

    #[inline]
    #[track_caller]
    fn sleep_until(&self, deadline: Instant) -> TokioSleep {
        let _context = self.handle.enter();
        TokioSleep::until(deadline, Clock::of(&self.handle))
    }

    #[inline]
    #[track_caller]
    fn sleep(&self, duration: Duration) -> TokioSleep {
        let _context = self.handle.enter();
        TokioSleep::of(duration, Clock::of(&self.handle))
    }

    #[track_caller]
    fn reset(&self, mut sleep: Pin<&mut TokioSleep>, deadline: Instant) {
        if sleep.has_lost_its_runtime() {
            sleep.set(self.sleep_until(deadline));
        } else {
            sleep.reset_to(deadline);
        }
    }
}

impl Spawner for TokioHandle {
    type Task<T: Send + 'static> = TokioTask<T>;

    const SMALL_FUTURE: usize = SMALL_FUTURE;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let task = self.handle.spawn(in_task(future));
        if has_ended(&self.handle) {
            task.abort();
        }
        TokioTask::new(task)
    }

    fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
        yield_now()
    }
}

impl SpawnBlocking for TokioHandle {
    type BlockingTask<T: Send + 'static> = TokioTask<T>;

    #[track_caller]
    fn spawn_blocking<F, T>(&self, closure: F) -> TokioTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let run = in_task(async {
            // On a thread for closures that block, `block_on` is allowed.
            let _may_block = leave();
            closure()
        });
        TokioTask::new(self.handle.spawn_blocking(|| at_once(run)))
    }
}

/// The output of a future that never waits: one poll runs it to its end.
fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("there is no `.await` in it"),
    }
}

/// A task takes a multiple of 128 bytes, of which tokio needs 104 for itself. glibc loses as much
/// again to this alignment: a million tasks with a sleep of 112 bytes inside took 448 bytes of the
/// heap each, and 384 with the sleep in a box.
pub(crate) const SMALL_FUTURE: usize = 24;
