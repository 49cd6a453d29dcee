//! A task that is a thread.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use dormouse_core::{JoinError, Task};

use crate::park::Parked;

/// The handle of a task that is a thread.
#[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
pub struct ThreadsTask<T> {
    shared: Arc<Shared<T>>,
}

impl<T: Send + 'static> ThreadsTask<T> {
    pub(crate) fn start<F>(future: F) -> Self
    where
        F: Future<Output = T> + Send + 'static,
    {
        let shared = Arc::new(Shared(Mutex::new(State {
            stage: Stage::Runs,
            aborted: false,
            thread: None,
            waiter: None,
        })));
        let task = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("dormouse-task".into())
            .spawn(move || task.end(run(&task, future)));
        if let Err(error) = thread {
            let refused = format!("cannot start a thread for a task: {error}");
            shared.end(Err(JoinError::panicked(Box::new(refused))));
        }
        Self { shared }
    }
}

impl<T> Future for ThreadsTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let waker = cx.waker().clone();
        let mut state = self.shared.lock();
        match std::mem::replace(&mut state.stage, Stage::Taken) {
            Stage::Ended(result) => return Poll::Ready(result),
            Stage::Runs => state.stage = Stage::Runs,
            Stage::Taken => {
                drop(state);
                panic!("a task was polled after its end");
            }
        }
        let former = state.waiter.replace(waker);
        drop(state);
        drop(former);
        Poll::Pending
    }
}

impl<T: Send + 'static> Task<T> for ThreadsTask<T> {
    fn abort(&mut self) {
        let mut state = self.shared.lock();
        state.aborted = true;
        let thread = state.thread.take();
        drop(state);
        if let Some(thread) = thread {
            thread.wake();
        }
    }

    fn is_finished(&mut self) -> bool {
        !matches!(self.shared.lock().stage, Stage::Runs)
    }

    fn detach(self) {}
}

impl<T> fmt::Debug for ThreadsTask<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadsTask").finish_non_exhaustive()
    }
}

/// What a task's thread and its handle share.
struct Shared<T>(Mutex<State<T>>);

struct State<T> {
    stage: Stage<T>,
    aborted: bool,
    /// Who is to look whether it has been aborted.
    thread: Option<Arc<Parked>>,
    waiter: Option<Waker>,
}

enum Stage<T> {
    Runs,
    Ended(Result<T, JoinError>),
    Taken,
}

impl<T> Shared<T> {
    fn end(&self, result: Result<T, JoinError>) {
        let mut state = self.lock();
        state.stage = Stage::Ended(result);
        let waiter = state.waiter.take();
        drop(state);
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

/// Runs a future on this thread to its end, its panic, or its abort; it has been dropped then.
fn run<F: Future>(shared: &Shared<F::Output>, future: F) -> Result<F::Output, JoinError> {
    let parked = Parked::here();
    shared.lock().thread = Some(Arc::clone(&parked));
    let waker = Waker::from(Arc::clone(&parked));
    let run = || {
        let mut future = Box::pin(future);
        let mut cx = Context::from_waker(&waker);
        loop {
            if shared.lock().aborted {
                return Err(JoinError::cancelled());
            }
            if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                return Ok(output);
            }
            parked.wait();
        }
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| Err(JoinError::panicked(payload)))
}
