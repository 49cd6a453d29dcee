//! A runtime whose tasks are run by hand, and the tasks and wakers that the tests of sets have
//! there.

use std::future::Future;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use dormouse_core::adapter::{RemoteTask, remote};
use dormouse_core::{JoinError, LocalSpawner, Spawner, Task};

/// Runs nothing by itself: the test decides which task runs, and when.
#[derive(Clone, Default)]
pub(crate) struct ByHand(pub(crate) Arc<Mutex<Tasks>>);

#[derive(Default)]
pub(crate) struct Tasks {
    pub(crate) all: Vec<Option<Run>>,
    polls: usize,
}

type Run = Pin<Box<dyn Future<Output = ()> + Send>>;

impl ByHand {
    /// Polls a task, and drops it if it has ended.
    pub(crate) fn run(&self, number: usize) {
        let task = self.0.lock().unwrap().all[number].take();
        let Some(mut run) = task else { return };
        let poll = run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if poll.is_pending() {
            self.0.lock().unwrap().all[number] = Some(run);
        }
    }

    /// Drops a task, as a runtime does that is shut down.
    pub(crate) fn lose(&self, number: usize) {
        let task = self.0.lock().unwrap().all[number].take();
        drop(task);
    }

    pub(crate) fn polls(&self) -> usize {
        self.0.lock().unwrap().polls
    }
}

impl Spawner for ByHand {
    type Task<T: Send + 'static> = Counted<T>;

    fn spawn<F>(&self, future: F) -> Counted<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        self.0.lock().unwrap().all.push(Some(Box::pin(run)));
        Counted(task, self.clone())
    }
}

impl LocalSpawner for ByHand {
    type LocalTask<T: 'static> = RemoteTask<T>;

    fn spawn_local<F>(&self, future: F) -> RemoteTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (run, task) = remote(future);
        // The task is never run, only dropped.
        drop(run);
        task
    }
}

/// A handle that counts its polls.
pub(crate) struct Counted<T>(RemoteTask<T>, ByHand);

impl<T> Future for Counted<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.1.0.lock().unwrap().polls += 1;
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<T> Task for Counted<T> {
    type Value = T;

    fn abort(&mut self) {
        Task::abort(&mut self.0);
    }

    fn is_finished(&mut self) -> bool {
        Task::is_finished(&mut self.0)
    }
}

/// A waker that counts how often it is woken; it panics then, if it is to.
#[derive(Default)]
pub(crate) struct Woken {
    pub(crate) times: AtomicUsize,
    pub(crate) panics: bool,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.times.fetch_add(1, Relaxed);
        assert!(!self.panics, "a waker of the test panics");
    }
}

pub(crate) async fn task(number: usize, runs: usize, panics: bool) -> usize {
    for _ in 0..runs {
        let mut yielded = false;
        std::future::poll_fn(|_| {
            if std::mem::replace(&mut yielded, true) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
    if panics {
        panic_any(number);
    }
    number
}
