//! Tasks that run when told to.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};

use dormouse_core::{JoinError, Spawner, Task};

use crate::mock::{Mock, Number};

/// All the tasks of a mock.
#[derive(Default)]
pub(super) struct TaskTable {
    tasks: Mutex<Tasks>,
}

#[derive(Default)]
struct Tasks {
    spawned: Number,
    live: BTreeMap<Number, Box<dyn AnyMockTask>>,
    /// Those that have been woken and have not run since.
    woken: BTreeSet<Number>,
    aborted: BTreeSet<Number>,
    aborts: usize,
}

impl fmt::Debug for TaskTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskTable").finish_non_exhaustive()
    }
}

impl TaskTable {
    fn lock(&self) -> MutexGuard<'_, Tasks> {
        self.tasks
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Mock {
    /// How many tasks have neither ended nor been dropped.
    pub(crate) fn live_tasks(&self) -> usize {
        self.tasks.lock().live.len()
    }

    /// The tasks that were woken and have not run since.
    pub(crate) fn woken_tasks(&self) -> Vec<Number> {
        self.tasks.lock().woken.iter().copied().collect()
    }

    /// How often tasks were aborted.
    pub(crate) fn aborts(&self) -> usize {
        self.tasks.lock().aborts
    }

    pub(crate) fn tasks(&self) -> Vec<Number> {
        self.tasks.lock().live.keys().copied().collect()
    }

    /// Polls a task once, woken or not.
    pub(crate) fn run(&self, number: Number) {
        let mut tasks = self.tasks.lock();
        tasks.woken.remove(&number);
        let aborted = tasks.aborted.remove(&number);
        let Some(mut actor) = tasks.live.remove(&number) else {
            return;
        };
        drop(tasks);
        if aborted {
            return actor.leave();
        }
        let waker = Waker::from(Arc::new(Call {
            tasks: Arc::clone(&self.tasks),
            number,
        }));
        if actor.act(&mut Context::from_waker(&waker)).is_pending() {
            self.tasks.lock().live.insert(number, actor);
        }
    }

    /// Runs all woken tasks, the first ones first, until none is woken.
    pub(crate) fn run_all(&self) {
        while let Some(&number) = self.woken_tasks().first() {
            self.run(number);
        }
    }

    /// Drops a task as a runtime does that is shut down.
    pub(crate) fn cancel(&self, number: Number) {
        let actor = self.tasks.lock().live.remove(&number);
        if let Some(mut actor) = actor {
            actor.leave();
        }
    }
}

/// A future with the shared state of its handle, without its type.
trait AnyMockTask: Send {
    fn act(&mut self, cx: &mut Context<'_>) -> Poll<()>;
    fn leave(&mut self);
}

struct Part<F: Future> {
    future: Option<Pin<Box<F>>>,
    outcome: Arc<Mutex<Outcome<F::Output>>>,
}

struct Outcome<T> {
    result: Option<Result<T, JoinError>>,
    settled: bool,
    waker: Option<Waker>,
}

impl<F: Future + Send> Part<F> {
    fn settle(&mut self, result: Result<F::Output, JoinError>) {
        // The future is dropped first, so that it is gone when the result can be seen.
        self.future = None;
        let mut outcome = self.outcome.lock().unwrap();
        outcome.result = Some(result);
        outcome.settled = true;
        let waker = outcome.waker.take();
        drop(outcome);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<F: Future<Output: Send> + Send> AnyMockTask for Part<F> {
    fn act(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let future = self.future.as_mut().expect("it has not ended");
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(value)) => self.settle(Ok(value)),
            Err(payload) => self.settle(Err(JoinError::panicked(payload))),
        }
        Poll::Ready(())
    }

    fn leave(&mut self) {
        self.settle(Err(JoinError::cancelled()));
    }
}

struct Call {
    tasks: Arc<TaskTable>,
    number: Number,
}

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.tasks.lock().woken.insert(self.number);
    }
}

impl Spawner for Mock {
    type Task<T: Send + 'static> = MockTask<T>;

    fn spawn<F>(&self, future: F) -> MockTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let outcome = Outcome {
            result: None,
            settled: false,
            waker: None,
        };
        let outcome = Arc::new(Mutex::new(outcome));
        let future = Some(Box::pin(future));
        let part = Part {
            future,
            outcome: Arc::clone(&outcome),
        };
        let mut tasks = self.tasks.lock();
        let number = tasks.spawned;
        tasks.spawned += 1;
        tasks.live.insert(number, Box::new(part));
        tasks.woken.insert(number);
        drop(tasks);
        MockTask {
            tasks: Arc::clone(&self.tasks),
            number,
            outcome,
        }
    }
}

/// The handle of a task on the [`Mock`].
pub(crate) struct MockTask<T> {
    tasks: Arc<TaskTable>,
    number: Number,
    outcome: Arc<Mutex<Outcome<T>>>,
}

impl<T> Future for MockTask<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut outcome = self.outcome.lock().unwrap();
        if !outcome.settled {
            outcome.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(
            outcome
                .result
                .take()
                .expect("it has not been polled after its end"),
        )
    }
}

impl<T> Task for MockTask<T> {
    type Value = T;

    fn abort(&mut self) {
        let mut tasks = self.tasks.lock();
        tasks.aborts += 1;
        if tasks.live.contains_key(&self.number) {
            tasks.aborted.insert(self.number);
            tasks.woken.insert(self.number);
        }
    }

    fn is_finished(&mut self) -> bool {
        self.outcome.lock().unwrap().settled
    }
}
