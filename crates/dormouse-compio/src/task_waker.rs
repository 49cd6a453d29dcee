//! The wakers of tasks, which any thread may wake at any time.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering::AcqRel, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

/// The wake-ups from other threads, for a task of the runtime to forward on the runtime's thread.
///
/// compio's own wakers (compio-executor 0.1.4) end the process if a thread whose panic unwinds wakes
/// one, and wait in a loop while 64 wake-ups from other threads have not been seen: while the runtime
/// is not driven, they would keep a thread, such as that of a timer, for ever.
///
/// While a runtime of compio is dropped, its executor has borrowed the list of its tasks for their
/// destructors, and one of its wakers would borrow the list once more. So once the owner is dropped,
/// and with it the futures of its tasks, nothing wakes a task of compio any more.
#[derive(Default)]
pub(crate) struct ForeignWakes {
    state: Mutex<State>,
    /// The owner has been dropped.
    gone: AtomicBool,
    /// A task forwards them. compio destroys it, if a panic leaves the `block_on` of another clone of
    /// its runtime.
    forwarded: AtomicBool,
}

#[derive(Default)]
struct State {
    woken: Vec<Arc<TaskWaker>>,
    /// Of the task that forwards them, while it waits.
    forwarder: Option<Waker>,
}

impl ForeignWakes {
    /// What is to forward them, if nothing does.
    pub(crate) fn forwarder(self: &Arc<Self>) -> Option<Forwarder> {
        (!self.forwarded.swap(true, SeqCst)).then(|| Forwarder(Arc::clone(self)))
    }

    /// Nothing wakes a task of compio from now on, and the forwarder ends.
    pub(crate) fn close(&self) {
        self.gone.store(true, SeqCst);
        let State { woken, forwarder } = mem::take(&mut *self.lock());
        drop(woken);
        if let Some(forwarder) = forwarder.filter(|_| !thread::panicking()) {
            forwarder.wake();
        }
    }

    fn push(&self, waker: &Arc<TaskWaker>) {
        let mut state = self.lock();
        // After `close` has taken them, none is added.
        if self.gone.load(SeqCst) {
            return;
        }
        state.woken.push(Arc::clone(waker));
        let forwarder = state.forwarder.take();
        drop(state);
        let Some(forwarder) = forwarder else { return };
        if !thread::panicking() {
            return forwarder.wake();
        }
        let another = forwarder.clone();
        let thread = thread::Builder::new().name("dormouse-compio-wake".into());
        if thread.spawn(move || another.wake()).is_err() {
            // The next wake-up forwards this one, too.
            self.lock().forwarder.get_or_insert(forwarder);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No foreign code runs while the lock is held.
        self.state.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

/// Forwards the wake-ups, until the owner is gone.
pub(crate) struct Forwarder(Arc<ForeignWakes>);

impl Future for Forwarder {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock();
        if self.0.gone.load(SeqCst) {
            return Poll::Ready(());
        }
        let woken = mem::take(&mut state.woken);
        state.forwarder = Some(cx.waker().clone());
        drop(state);
        for waker in woken {
            // Before the task is woken: what comes later wakes it again.
            waker.is_queued.swap(false, AcqRel);
            waker.inner.wake_by_ref();
        }
        Poll::Pending
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        let former = self.0.lock().forwarder.take();
        drop(former);
        self.0.forwarded.store(false, SeqCst);
    }
}

/// The waker of a task: that of compio, which it calls on the runtime's thread only.
struct TaskWaker {
    inner: Waker,
    home: Thread,
    is_queued: AtomicBool,
    foreign: Arc<ForeignWakes>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.foreign.gone.load(SeqCst) {
            return;
        }
        if self.home == Thread::current() {
            self.inner.wake_by_ref();
        } else if !self.is_queued.swap(true, AcqRel) {
            self.foreign.push(self);
        }
    }
}

/// A task that is polled with a waker of ours.
pub(crate) struct Woken<F> {
    future: F,
    waker: Option<(Waker, Arc<TaskWaker>)>,
    foreign: Arc<ForeignWakes>,
}

impl<F> Woken<F> {
    pub(crate) fn new(future: F, foreign: Arc<ForeignWakes>) -> Self {
        let waker = None;
        Self {
            future,
            waker,
            foreign,
        }
    }
}

impl<F: Future + Unpin> Future for Woken<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let known = this
            .waker
            .as_ref()
            .is_some_and(|(_, waker)| waker.inner.will_wake(cx.waker()));
        if !known {
            let waker = Arc::new(TaskWaker {
                inner: cx.waker().clone(),
                home: Thread::current(),
                is_queued: AtomicBool::new(false),
                foreign: Arc::clone(&this.foreign),
            });
            this.waker = Some((Waker::from(Arc::clone(&waker)), waker));
        }
        let (waker, _) = this.waker.as_ref().expect("made above");
        Pin::new(&mut this.future).poll(&mut Context::from_waker(waker))
    }
}

/// Tells the running threads apart; the id of std's `Thread` costs an `Arc` more each time.
#[derive(Clone, Copy, PartialEq)]
struct Thread(usize);

impl Thread {
    fn current() -> Self {
        thread_local!(static HERE: u8 = const { 0 });
        Self(HERE.with(|here| ptr::from_ref(here).addr()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    #[test]
    fn once_the_owner_is_gone_no_task_of_compio_is_woken() {
        let (count, foreign) = <(Arc<Count>, Arc<ForeignWakes>)>::default();
        let waker = Waker::from(Arc::new(TaskWaker {
            inner: Waker::from(Arc::clone(&count)),
            home: Thread::current(),
            is_queued: AtomicBool::new(false),
            foreign: Arc::clone(&foreign),
        }));
        let woken = || {
            waker.wake_by_ref();
            count.0.load(SeqCst)
        };
        assert_eq!(woken(), 1);
        let mut forwarder = foreign.forwarder().expect("there is none yet");
        assert!(foreign.forwarder().is_none());
        let cx = &mut Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut forwarder).poll(cx).is_pending());
        foreign.close();
        assert_eq!((woken(), woken()), (1, 1));
        assert!(Pin::new(&mut forwarder).poll(cx).is_ready());
        assert_eq!(count.0.load(SeqCst), 1);
    }
}
