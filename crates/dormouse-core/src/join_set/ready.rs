//! Which tasks of a set have to be polled.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};
use std::task::{Context, Poll, Wake, Waker};

use pin_project_lite::pin_project;

use crate::adapter::quiet::{drop_quietly, wake};
use crate::sync::{AtomicBool, AtomicUsize, Mutex, lock};

/// A set keeps the memory for this many tasks, however few are in it.
pub(super) const KEPT: usize = 64;

/// A place in the set, and the number of the task in it, as places are reused. A task moves to
/// another place when the set frees memory.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Key {
    pub(super) place: usize,
    pub(super) number: u64,
}

/// The keys of the tasks that are ready to be polled, in that order, and the waker of the waiting
/// task.
///
/// Wakers are cloned, dropped and woken outside of the lock: they are foreign code.
pub(super) struct Ready {
    state: Mutex<State>,
}

struct State {
    queued: VecDeque<Key>,
    waiter: Option<Waker>,
    /// Nobody takes keys any more.
    closed: bool,
}

impl Ready {
    pub(super) fn new(waiter: Option<Waker>) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                queued: VecDeque::new(),
                waiter,
                closed: false,
            }),
        })
    }

    fn push(&self, task: &ReadyWaker) {
        let mut state = lock(&self.state);
        if state.closed {
            return;
        }
        // Under the lock: `move_tasks` may be changing the place.
        state.queued.push_back(task.key());
        let waiter = state.waiter.take();
        drop(state);
        waiter.into_iter().for_each(wake);
    }

    /// Swaps the keys in the queue for an empty queue.
    pub(super) fn swap(&self, empty: &mut VecDeque<Key>) {
        std::mem::swap(&mut lock(&self.state).queued, empty);
    }

    /// Registers the waker for the next key; `false` if there is a key already.
    pub(super) fn wait(&self, waiter: &Waker) -> bool {
        let state = lock(&self.state);
        if !state.queued.is_empty() {
            return false;
        }
        if state.waiter.as_ref().is_some_and(|it| it.will_wake(waiter)) {
            return true;
        }
        drop(state);
        let waiter = waiter.clone();
        let mut state = lock(&self.state);
        let former = state.waiter.replace(waiter);
        let waits = state.queued.is_empty();
        drop(state);
        drop_quietly(former);
        waits
    }

    /// Takes no more keys, and gives the waker back: to be dropped there, rather than where the last
    /// task of the set is dropped.
    pub(super) fn close(&self) -> Option<Waker> {
        let mut state = lock(&self.state);
        state.closed = true;
        state.queued = VecDeque::new();
        state.waiter.take()
    }

    /// Calls `moves`, which may change places and is given the queue to change their keys, and
    /// frees the memory of the queue beyond that for `kept` tasks.
    ///
    /// No key is queued meanwhile, so each key has either the old place, and is in the queue, or
    /// the new one. The call is made under the lock: it must run no foreign code.
    pub(super) fn move_tasks(&self, kept: usize, moves: impl FnOnce(&mut VecDeque<Key>)) {
        let mut state = lock(&self.state);
        moves(&mut state.queued);
        state.queued.shrink_to(kept);
    }
}

/// The waker of a task of the set: queues the key of the task.
pub(super) struct ReadyWaker {
    /// Changed, and read by others than the set, only under the lock of `ready`.
    place: AtomicUsize,
    pub(super) number: u64,
    /// The key is in the queue.
    queued: AtomicBool,
    ready: Arc<Ready>,
}

impl ReadyWaker {
    pub(super) fn new(key: Key, ready: Arc<Ready>) -> Self {
        Self {
            place: AtomicUsize::new(key.place),
            number: key.number,
            queued: AtomicBool::new(false),
            ready,
        }
    }

    pub(super) fn place(&self) -> usize {
        self.place.load(Relaxed)
    }

    /// To be called within [`Ready::move_tasks`] only.
    pub(super) fn move_to(&self, place: usize) {
        self.place.store(place, Relaxed);
    }

    pub(super) fn key(&self) -> Key {
        Key {
            place: self.place(),
            number: self.number,
        }
    }

    pub(super) fn is_queued(&self) -> bool {
        self.queued.load(Relaxed)
    }

    /// Called when the key has been taken from the queue, before its task is polled.
    ///
    /// Both sides swap the flag. A wake-up that finds it set queues nothing: it came before this
    /// swap, so the poll sees what happened before that wake-up.
    pub(super) fn taken(&self) {
        self.queued.swap(false, AcqRel);
    }

    pub(super) fn enqueue(&self) {
        if !self.queued.swap(true, AcqRel) {
            self.ready.push(self);
        }
    }
}

impl Wake for ReadyWaker {
    fn wake(self: Arc<Self>) {
        self.enqueue();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.enqueue();
    }
}

/// Queues the key of its task when dropped: wakes the waker that does so.
pub(super) struct EnqueueOnDrop<W: Wake>(pub(super) Arc<W>);

impl<W: Wake> Drop for EnqueueOnDrop<W> {
    fn drop(&mut self) {
        self.0.wake_by_ref();
    }
}

pin_project! {
    /// A future that queues the key of its task when it has been dropped: at its end, by an abort,
    /// or with its runtime.
    pub(super) struct Tracked<F, W: Wake> {
        // Fields are dropped in this order: the key is queued after the future has been dropped.
        #[pin]
        future: F,
        on_drop: EnqueueOnDrop<W>,
    }
}

impl<F, W: Wake> Tracked<F, W> {
    pub(super) fn new(future: F, waker: Arc<W>) -> Self {
        let on_drop = EnqueueOnDrop(waker);
        Self { future, on_drop }
    }
}

impl<F: Future, W: Wake> Future for Tracked<F, W> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}
