//! Runtimes that break one promise each, to show that the shaker detects it.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process::abort;
use std::task::{Context, Poll};
use std::time::Duration;

use dormouse::{Instant, JoinError, Sleeper, Spawner, Task, Threads, ThreadsTask};

/// The promise that is broken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Promise {
    /// Sleeps of 20 ms and more end 5 ms early.
    Early,
    /// An abort does nothing.
    Deaf,
    /// A panic in a task ends the process.
    Brittle,
    /// The third sleep of a process and those after it are never woken.
    Sleepy,
}

/// `Threads`, except for one promise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Broken(pub(crate) Promise);

type Sleep = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

impl Sleeper for Broken {
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        Threads.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
        static SLEEPS: AtomicU32 = AtomicU32::new(0);
        let early = Duration::from_millis(5);
        let far = deadline.saturating_duration_since(self.now()) > 3 * early;
        match self.0 {
            Promise::Early if far => Box::pin(Threads.sleep_until(deadline - early)),
            Promise::Sleepy if SLEEPS.fetch_add(1, Relaxed) > 1 => Box::pin(pending()),
            _ => Box::pin(Threads.sleep_until(deadline)),
        }
    }
}

impl Spawner for Broken {
    type Task<T: Send + 'static> = BrokenTask<T>;

    fn spawn<F>(&self, future: F) -> BrokenTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let mut future = Box::pin(future);
        let promise = self.0;
        let run = std::future::poll_fn(move |cx| {
            let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
            match poll {
                Err(_) if promise == Promise::Brittle => abort(),
                Err(payload) => std::panic::resume_unwind(payload),
                Ok(poll) => poll,
            }
        });
        BrokenTask(Threads.spawn(run), promise)
    }
}

dormouse_core::__forward! { SpawnBlocking [] Broken, |_broken| &Threads, Threads }

/// A task's handle, which may ignore an abort.
pub(crate) struct BrokenTask<T>(ThreadsTask<T>, Promise);

impl<T: Send + 'static> Future for BrokenTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<T: Send + 'static> Task for BrokenTask<T> {
    type Value = T;

    fn abort(&mut self) {
        if self.1 != Promise::Deaf {
            self.0.abort();
        }
    }

    fn is_finished(&mut self) -> bool {
        self.0.is_finished()
    }
}
