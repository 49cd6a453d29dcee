//! A handle that two threads reach, under every interleaving.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::thread;

use crate::abort_handle::abortable;
use crate::coalesced::loom_system::{reset_system, ring_alarms};
use crate::sync::Mutex;
use crate::{JoinError, Task};

mod refused;

/// A task that ends once it has been aborted, and counts the aborts.
#[derive(Clone)]
struct Endless(Arc<Mutex<State>>);

struct State {
    aborts: usize,
    waiter: Option<Waker>,
}

impl Future for Endless {
    type Output = Result<(), JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.0.lock().unwrap();
        if state.aborts > 0 {
            return Poll::Ready(Err(JoinError::cancelled()));
        }
        state.waiter = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Task for Endless {
    type Value = ();

    fn abort(&mut self) {
        let mut state = self.0.lock().unwrap();
        state.aborts += 1;
        let waiter = state.waiter.take();
        drop(state);
        waiter.into_iter().for_each(Waker::wake);
    }

    fn is_finished(&mut self) -> bool {
        self.0.lock().unwrap().aborts > 0
    }
}

fn endless() -> Endless {
    Endless(Arc::new(Mutex::new(State {
        aborts: 0,
        waiter: None,
    })))
}

#[test]
fn an_abort_beside_a_poll_is_never_lost() {
    loom::model(|| {
        let (mut task, abort) = abortable(endless());
        let thread = thread::spawn(move || abort.abort());
        let result = block_on(poll_fn(|cx| Pin::new(&mut task).poll(cx)));
        assert!(result.unwrap_err().is_cancelled());
        thread.join().unwrap();
    });
}

#[test]
fn an_abort_beside_another_look_is_never_lost() {
    loom::model(|| {
        let inner = endless();
        let (mut task, abort) = abortable(inner.clone());
        let thread = thread::spawn(move || abort.abort());
        _ = task.is_finished();
        drop(task);
        thread.join().unwrap();
        assert_eq!(inner.0.lock().unwrap().aborts, 1);
    });
}

/// A task that another thread ends: its output is an `Arc` that is counted.
struct Ends(Arc<Mutex<End>>);

struct End {
    output: Option<loom::sync::Arc<()>>,
    taken: bool,
    waiter: Option<Waker>,
    aborts: usize,
    inside: bool,
}

impl Ends {
    fn new() -> (Self, Arc<Mutex<End>>) {
        let end = Arc::new(Mutex::new(End {
            output: None,
            taken: false,
            waiter: None,
            aborts: 0,
            inside: false,
        }));
        (Self(Arc::clone(&end)), end)
    }

    /// One caller at a time is in a method of the handle.
    fn exclusive<T>(&self, call: impl FnOnce(&mut End) -> T) -> T {
        let mut end = self.0.lock().unwrap();
        assert!(!std::mem::replace(&mut end.inside, true));
        drop(end);
        let result = call(&mut self.0.lock().unwrap());
        self.0.lock().unwrap().inside = false;
        result
    }
}

fn end(end: &Mutex<End>, output: loom::sync::Arc<()>) {
    let mut end = end.lock().unwrap();
    end.output = Some(output);
    let waiter = end.waiter.take();
    drop(end);
    waiter.into_iter().for_each(Waker::wake);
}

fn end_elsewhere(ends: Arc<Mutex<End>>, output: loom::sync::Arc<()>) -> thread::JoinHandle<()> {
    thread::spawn(move || end(&ends, output))
}

impl Future for Ends {
    type Output = Result<loom::sync::Arc<()>, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.exclusive(|end| {
            assert!(!end.taken);
            if let Some(output) = end.output.take() {
                end.taken = true;
                return Poll::Ready(Ok(output));
            }
            end.waiter = Some(cx.waker().clone());
            Poll::Pending
        })
    }
}

impl Task for Ends {
    type Value = loom::sync::Arc<()>;

    fn abort(&mut self) {
        self.exclusive(|end| end.aborts += 1);
    }

    fn is_finished(&mut self) -> bool {
        self.exclusive(|end| end.output.is_some() || end.taken)
    }
}

impl Drop for Ends {
    fn drop(&mut self) {
        // Nobody wants the output any more.
        let mut end = self.0.lock().unwrap();
        let (output, waiter) = (end.output.take(), end.waiter.take());
        drop(end);
        drop((output, waiter));
    }
}

#[test]
fn a_poll_beside_is_finished_and_the_end_is_woken() {
    loom::model(|| {
        let (task, ends) = Ends::new();
        let (mut task, abort) = abortable(task);
        let asks = thread::spawn(move || abort.is_finished());
        let ending = end_elsewhere(ends, loom::sync::Arc::new(()));
        assert!(block_on(poll_fn(|cx| Pin::new(&mut task).poll(cx))).is_ok());
        asks.join().unwrap();
        ending.join().unwrap();
    });
}

#[test]
fn the_output_of_a_task_whose_handle_is_dropped_is_dropped() {
    loom::model(|| {
        reset_system();
        let output = loom::sync::Arc::new(());
        let (task, ends) = Ends::new();
        let (task, abort) = abortable(task);
        let ending = end_elsewhere(ends, output.clone());
        drop(task);
        ending.join().unwrap();
        ring_alarms(std::time::Duration::from_millis(1));
        assert_eq!(loom::sync::Arc::strong_count(&output), 1);
        assert!(abort.is_finished());
        drop(abort);
        reset_system();
    });
}

#[test]
fn the_output_is_dropped_though_another_thread_asks_meanwhile() {
    loom::model(|| {
        reset_system();
        let output = loom::sync::Arc::new(());
        let (task, ends) = Ends::new();
        let (task, abort) = abortable(task);
        let ending = end_elsewhere(ends, output.clone());
        let asks = thread::spawn(move || {
            abort.abort();
            abort
        });
        drop(task);
        ending.join().unwrap();
        let abort = asks.join().unwrap();
        ring_alarms(std::time::Duration::from_millis(1));
        assert_eq!(loom::sync::Arc::strong_count(&output), 1);
        drop(abort);
        reset_system();
    });
}

#[test]
fn the_last_abort_handle_beside_the_drop_of_the_task_leaves_nothing() {
    loom::model(|| {
        reset_system();
        let output = loom::sync::Arc::new(());
        let (task, ends) = Ends::new();
        let (task, abort) = abortable(task);
        end(&ends, output.clone());
        let weak = Arc::downgrade(&ends);
        drop(ends);
        let dropping = thread::spawn(move || drop(abort));
        drop(task);
        dropping.join().unwrap();
        assert_eq!(loom::sync::Arc::strong_count(&output), 1);
        assert!(weak.upgrade().is_none());
        reset_system();
    });
}
