//! Records whether something happened: a wake-up, a drop, a step of a task.

use std::future::{Future, poll_fn};
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use crate::on_drop::OnDrop;

/// Counts how often something happened; clones share the count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness(Arc<Count>);

impl Witness {
    /// Counts one more.
    pub(crate) fn see(&self) {
        self.0.seen.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn times(&self) -> usize {
        self.0.seen.load(Ordering::SeqCst)
    }

    pub(crate) fn seen(&self) -> bool {
        self.times() > 0
    }

    /// A value whose drop is counted.
    pub(crate) fn of_drop(&self) -> SeenDrop {
        SeenDrop(self.clone())
    }

    /// A waker whose wake-ups are counted.
    pub(crate) fn of_wakes(&self) -> Waker {
        Waker::from(Arc::clone(&self.0))
    }

    /// Polls once, with the waker of this witness.
    pub(crate) fn poll<F: Future + Unpin>(&self, future: &mut F) -> Poll<F::Output> {
        Pin::new(future).poll(&mut Context::from_waker(&self.of_wakes()))
    }
}

#[derive(Debug, Default)]
struct Count {
    seen: AtomicUsize,
}

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.seen.fetch_add(1, Ordering::SeqCst);
    }
}

/// Counts its drop. It is not `Clone`, so each is counted once.
#[derive(Debug)]
pub(crate) struct SeenDrop(Witness);

impl Drop for SeenDrop {
    fn drop(&mut self) {
        self.0.see();
    }
}

/// When told, it wakes all tasks that wait for it: a channel that needs no runtime. Clones share
/// it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Signal(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    told: bool,
    waiting: Vec<Waker>,
}

impl Signal {
    pub(crate) fn tell(&self) {
        let waiting = {
            let mut state = self.lock();
            state.told = true;
            std::mem::take(&mut state.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    pub(crate) async fn told(&self) {
        poll_fn(|cx| {
            let mut state = self.lock();
            if state.told {
                return Poll::Ready(());
            }
            state.waiting.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands one value over to another task or thread. Clones share it.
pub(crate) struct Slot<T> {
    value: Arc<Mutex<Option<T>>>,
    there: Signal,
}

impl<T> Slot<T> {
    pub(crate) fn new() -> Self {
        Self {
            value: Arc::default(),
            there: Signal::default(),
        }
    }

    pub(crate) fn put(&self, value: T) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        self.there.tell();
    }

    /// Waits for the value, and takes it.
    pub(crate) async fn taken(&self) -> T {
        self.there.told().await;
        self.take().expect("it is taken once")
    }

    pub(crate) fn take(&self) -> Option<T> {
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        value.take()
    }
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self {
            value: Arc::clone(&self.value),
            there: self.there.clone(),
        }
    }
}

/// Panics with this number when dropped.
pub(crate) struct Bomb(pub(crate) u32);

impl Drop for Bomb {
    fn drop(&mut self) {
        // A second panic while another one unwinds would end the process, through no fault of the
        // runtime.
        if !thread::panicking() {
            panic_any(self.0);
        }
    }
}

/// A waker that makes a call when it is woken.
pub(crate) fn waker_that_calls(call: impl Fn() + Send + Sync + 'static) -> Waker {
    struct Calls<F>(F);

    impl<F: Fn() + Send + Sync + 'static> Wake for Calls<F> {
        fn wake(self: Arc<Self>) {
            self.wake_by_ref();
        }

        fn wake_by_ref(self: &Arc<Self>) {
            (self.0)();
        }
    }

    Waker::from(Arc::new(Calls(call)))
}

/// A waker that does nothing, and keeps a value until it is dropped.
pub(crate) fn waker_that_keeps(value: impl Send + Sync + 'static) -> Waker {
    waker_that_calls(move || _ = &value)
}

/// A waker that panics when it is woken; the witness counts the calls.
pub(crate) fn waker_that_panics(called: &Witness) -> Waker {
    let called = called.clone();
    waker_that_calls(move || {
        called.see();
        panic!("a waker of the test panics");
    })
}

/// A waker whose destructor panics, unless another panic unwinds.
pub(crate) fn waker_whose_drop_panics() -> Waker {
    waker_that_keeps(OnDrop::new(|| {
        assert!(
            thread::panicking(),
            "the destructor of a waker of the test panics"
        );
    }))
}

/// Polls once in the calling task.
pub(crate) async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}
