//! The queue of a set under every interleaving of its tasks and the one waiter.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::thread;

use crate::coalesced::loom_system::{reset_system, ring_alarms};
use crate::join_set::member::{Entry, Erased};
use crate::join_set::members::Members;
use crate::join_set::ready::EnqueueOnDrop;
use crate::sync::{AtomicBool, Mutex};
use crate::{JoinError, Task};

/// The handle of a task that another thread ends.
#[derive(Clone)]
struct Handle(Arc<State>);

struct State {
    ended: AtomicBool,
    waiter: Mutex<Option<Waker>>,
}

impl Handle {
    fn new() -> Self {
        Self(Arc::new(State {
            ended: AtomicBool::new(false),
            waiter: Mutex::new(None),
        }))
    }

    /// Ends the task as a runtime does, after it has dropped the future.
    fn end(&self) {
        self.0.ended.store(true, Release);
        let waiter = self.0.waiter.lock().unwrap().take();
        waiter.into_iter().for_each(Waker::wake);
    }
}

impl Future for Handle {
    type Output = Result<(), JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        *self.0.waiter.lock().unwrap() = Some(cx.waker().clone());
        if self.0.ended.load(Acquire) {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }
}

impl Task for Handle {
    type Value = ();

    fn abort(&mut self) {}

    fn is_finished(&mut self) -> bool {
        self.0.ended.load(Acquire)
    }
}

/// Starts a thread that drops a future and then resolves its handle.
fn start(members: &mut Members<Erased<()>>) -> thread::JoinHandle<()> {
    let (entry, handle) = (Entry::empty(members.places.next_waker()), Handle::new());
    let (on_drop, ends) = (EnqueueOnDrop(Arc::clone(&entry)), handle.clone());
    let thread = thread::spawn(move || {
        drop(on_drop);
        ends.end();
    });
    members.places.insert(Erased::new(entry, handle).0);
    thread
}

#[test]
fn each_end_is_seen_once() {
    loom::model(|| {
        let mut members = Members::new();
        let threads = [(); 2].map(|()| start(&mut members));
        for left in [1, 0] {
            let result = block_on(poll_fn(|cx| members.poll_next(cx)));
            assert!(matches!(result, Some(Ok(()))));
            assert_eq!(members.places.len(), left);
        }
        threads.into_iter().for_each(|it| it.join().unwrap());
    });
}

#[test]
fn a_place_that_is_used_again_is_the_new_task_s() {
    loom::model(|| {
        let mut members = Members::new();
        let first = start(&mut members);
        assert!(block_on(poll_fn(|cx| members.poll_next(cx))).is_some());
        let second = start(&mut members);
        assert!(block_on(poll_fn(|cx| members.poll_next(cx))).is_some());
        assert_eq!(members.places.len(), 0);
        first.join().unwrap();
        second.join().unwrap();
    });
}

#[test]
fn a_task_that_is_moved_while_it_ends_is_seen() {
    loom::model(|| {
        let mut members = Members::new();
        let first = start(&mut members);
        let second = start(&mut members);
        assert!(block_on(poll_fn(|cx| members.poll_next(cx))).is_some());
        members.places.move_together();
        assert!(block_on(poll_fn(|cx| members.poll_next(cx))).is_some());
        assert_eq!(members.places.len(), 0);
        first.join().unwrap();
        second.join().unwrap();
    });
}

#[test]
fn a_set_that_is_dropped_while_a_task_ends_leaves_nothing() {
    for keep in [false, true] {
        loom::model(move || {
            reset_system();
            let mut members = Members::new();
            let (entry, handle) = (Entry::empty(members.places.next_waker()), Handle::new());
            let weak = Arc::downgrade(&handle.0);
            let (on_drop, ends) = (EnqueueOnDrop(Arc::clone(&entry)), handle.clone());
            let thread = thread::spawn(move || {
                drop(on_drop);
                ends.end();
            });
            let (task, abort) = Erased::new(entry, handle);
            members.places.insert(task);
            let abort = keep.then_some(abort);
            let waker = Waker::noop();
            _ = members.poll_next(&mut Context::from_waker(waker));
            drop(members);
            thread.join().unwrap();
            ring_alarms(std::time::Duration::from_millis(1));
            if let Some(abort) = &abort {
                assert!(abort.is_finished());
            }
            drop(abort);
            assert!(weak.upgrade().is_none());
            reset_system();
        });
    }
}

#[test]
fn an_abort_handle_that_asks_hides_no_end() {
    loom::model(|| {
        let mut members = Members::new();
        let (entry, handle) = (Entry::empty(members.places.next_waker()), Handle::new());
        let (on_drop, ends) = (EnqueueOnDrop(Arc::clone(&entry)), handle.clone());
        let (task, abort) = Erased::new(entry, handle);
        members.places.insert(task);
        let thread = thread::spawn(move || {
            drop(on_drop);
            ends.end();
        });
        let asks = thread::spawn(move || _ = abort.is_finished());
        let result = block_on(poll_fn(|cx| members.poll_next(cx)));
        assert!(matches!(result, Some(Ok(()))));
        thread.join().unwrap();
        asks.join().unwrap();
    });
}
