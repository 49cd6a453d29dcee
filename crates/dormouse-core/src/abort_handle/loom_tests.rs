//! A handle that two threads reach, under every interleaving.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::thread;

use crate::abort_handle::abortable;
use crate::sync::Mutex;
use crate::{JoinError, Task};

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
