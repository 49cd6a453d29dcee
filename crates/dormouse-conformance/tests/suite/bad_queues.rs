//! An executor of its own, on one thread, with a fault in where it puts a task that is woken.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, Weak};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Instant;

use dormouse_core::adapter::{AlarmSleep, RemoteTask, remote, root};
use dormouse_core::{BlockOn, Sleeper, Spawner};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    PollsInTheWake,
    TakesTheLatestFirst,
}

/// The owner; its drop leaves the thread and the tasks behind.
pub(crate) struct BadQueue(BadQueueHandle);

#[derive(Clone)]
pub(crate) struct BadQueueHandle(Arc<Queue>);

struct Queue {
    fault: Fault,
    ready: Mutex<VecDeque<Arc<Job>>>,
    woken: Condvar,
}

struct Job {
    /// Empty during a poll, and once it has ended.
    future: Mutex<Option<Running>>,
    state: Mutex<State>,
    queue: Weak<Queue>,
}

type Running = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Clone, Copy, PartialEq)]
enum State {
    Idle,
    Queued,
    Polled,
    /// Woken while it is polled.
    Woken,
}

impl BadQueue {
    pub(crate) fn new(fault: Fault) -> Self {
        let queue = Arc::new(Queue {
            fault,
            ready: Mutex::default(),
            woken: Condvar::new(),
        });
        let run = Arc::clone(&queue);
        thread::spawn(move || {
            loop {
                let ready = run.ready.lock().unwrap();
                let mut ready = run
                    .woken
                    .wait_while(ready, |ready| ready.is_empty())
                    .unwrap();
                let next = match run.fault {
                    Fault::TakesTheLatestFirst => ready.pop_back(),
                    _ => ready.pop_front(),
                };
                drop(ready);
                next.iter().for_each(Job::poll);
            }
        });
        Self(BadQueueHandle(queue))
    }

    pub(crate) fn handle(&self) -> BadQueueHandle {
        self.0.clone()
    }
}

impl Queue {
    fn push(&self, job: Arc<Job>, wakes_itself: bool) {
        let mut ready = self.ready.lock().unwrap();
        if wakes_itself && self.fault == Fault::TakesTheLatestFirst {
            ready.push_front(job);
        } else {
            ready.push_back(job);
        }
        drop(ready);
        self.woken.notify_one();
    }
}

impl Job {
    fn poll(self: &Arc<Self>) {
        let Some(mut future) = self.future.lock().unwrap().take() else {
            return;
        };
        *self.state.lock().unwrap() = State::Polled;
        let waker = Waker::from(Arc::clone(self));
        if future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            return;
        }
        *self.future.lock().unwrap() = Some(future);
        let mut state = self.state.lock().unwrap();
        let woken = *state == State::Woken;
        *state = if woken { State::Queued } else { State::Idle };
        drop(state);
        if let Some(queue) = self.queue.upgrade().filter(|_| woken) {
            queue.push(Arc::clone(self), true);
        }
    }
}

impl Wake for Job {
    fn wake(self: Arc<Self>) {
        let mut state = self.state.lock().unwrap();
        let before = *state;
        *state = match before {
            State::Idle => State::Queued,
            State::Polled => State::Woken,
            _ => before,
        };
        drop(state);
        let Some(queue) = self.queue.upgrade().filter(|_| before == State::Idle) else {
            return;
        };
        if queue.fault == Fault::PollsInTheWake {
            self.poll();
        } else {
            queue.push(self, false);
        }
    }
}

impl BlockOn for BadQueue {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        futures::executor::block_on(root("BadQueue", future))
    }
}

impl Sleeper for BadQueueHandle {
    type Sleep = AlarmSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> AlarmSleep {
        AlarmSleep::until(deadline)
    }
}

impl Spawner for BadQueueHandle {
    type Task<T: Send + 'static> = RemoteTask<T>;

    fn spawn<F>(&self, future: F) -> RemoteTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        let job = Job {
            future: Mutex::new(Some(Box::pin(run))),
            state: Mutex::new(State::Queued),
            queue: Arc::downgrade(&self.0),
        };
        self.0.push(Arc::new(job), false);
        task
    }
}
