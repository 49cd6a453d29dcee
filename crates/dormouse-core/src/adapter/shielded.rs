//! A timer whose driver runs no foreign code.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::adapter::current::is_harmless;
use crate::adapter::quiet::drop_quietly;
use crate::sync::{Mutex, lock};

#[cfg(all(test, loom))]
mod loom_tests;

/// A timer for which foreign wakers are kept where its driver can't drop them.
///
/// A driver may drop wakers while it holds a lock, as async-io's does. A waker that owns sleeps, such
/// as one that owns its task, would then wait for that lock for ever. So the driver gets a waker of
/// ours, which stays the same: the foreign one is in it until it is woken, replaced, or this timer is
/// dropped, and is dropped by whoever does that, or where the function that wakes it says.
///
/// The waker of a task that was spawned through the traits, or of a `block_on` through them, is the
/// runtime's own, and is passed on as it is, while that is polled. Any other waker is foreign, also
/// that of a task which the runtime's own function has spawned.
///
/// It is no larger than `T`, if `T` has a niche. For a foreign waker it allocates twice.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::{Shielded, wake};
/// use std::{future::pending, pin::Pin, sync::Arc, task::{Context, Wake, Waker}};
///
/// struct Owns(#[expect(dead_code)] Arc<()>);
/// impl Wake for Owns {
///     fn wake(self: Arc<Self>) {}
/// }
///
/// let owned = Arc::new(());
/// let waker = Waker::from(Arc::new(Owns(Arc::clone(&owned))));
/// let mut timer = Shielded::new(Box::pin(pending::<()>())); // no driver wakes it
/// let poll = timer.poll(&mut Context::from_waker(&waker), || Box::pin(pending()), wake);
/// assert!(poll.is_pending());
/// drop((waker, timer));
/// assert_eq!(Arc::strong_count(&owned), 1);
/// ```
pub struct Shielded<T>(Inner<T>);

enum Inner<T> {
    /// Polled by no foreign waker.
    Bare(T),
    Behind(Box<Behind<T>>),
}

struct Behind<T> {
    // Dropped first: it may still wake the slot.
    timer: T,
    slot: Slot,
}

impl<T> Shielded<T> {
    /// The timer, which has not been polled.
    #[inline]
    pub fn new(timer: T) -> Self {
        Self(Inner::Bare(timer))
    }

    /// The timer itself.
    #[inline]
    pub fn timer(&mut self) -> &mut T {
        match &mut self.0 {
            Inner::Bare(timer) => timer,
            Inner::Behind(behind) => &mut behind.timer,
        }
    }
}

impl<T: Future + Unpin> Shielded<T> {
    /// Polls the timer. `placeholder` makes any timer, which is dropped at once; `wake` wakes a foreign
    /// waker, where the driver does: it is [`wake`](crate::adapter::wake) unless that is no place for
    /// foreign code.
    #[inline]
    pub fn poll(
        &mut self,
        cx: &mut Context<'_>,
        placeholder: fn() -> T,
        wake: fn(Waker),
    ) -> Poll<T::Output> {
        match &mut self.0 {
            Inner::Bare(timer) if is_harmless(cx.waker()) => Pin::new(timer).poll(cx),
            _ => self.poll_behind(cx, placeholder, wake),
        }
    }

    fn poll_behind(
        &mut self,
        cx: &mut Context<'_>,
        placeholder: fn() -> T,
        wake: fn(Waker),
    ) -> Poll<T::Output> {
        if let Inner::Bare(timer) = &mut self.0 {
            let timer = std::mem::replace(timer, placeholder());
            let slot = Slot(Arc::new(InSlot {
                waker: Mutex::new(None),
                wake,
            }));
            self.0 = Inner::Behind(Box::new(Behind { timer, slot }));
        }
        let Inner::Behind(behind) = &mut self.0 else {
            unreachable!("it is behind a slot now");
        };
        behind.slot.put(cx.waker());
        let waker = Waker::from(Arc::clone(&behind.slot.0));
        Pin::new(&mut behind.timer).poll(&mut Context::from_waker(&waker))
    }
}

/// The slot of a foreign waker; dropping it drops that.
struct Slot(Arc<InSlot>);

struct InSlot {
    waker: Mutex<Option<Waker>>,
    wake: fn(Waker),
}

impl Slot {
    /// The next wake-up is that of this waker.
    fn put(&self, waker: &Waker) {
        if lock(&self.0.waker)
            .as_ref()
            .is_some_and(|it| it.will_wake(waker))
        {
            return;
        }
        // Foreign code runs while the lock is not held.
        let waker = waker.clone();
        let former = lock(&self.0.waker).replace(waker);
        drop_quietly(former);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let waker = lock(&self.0.waker).take();
        drop_quietly(waker);
    }
}

impl Wake for InSlot {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let waker = lock(&self.waker).take();
        waker.into_iter().for_each(self.wake);
    }
}

impl<T: fmt::Debug> fmt::Debug for Shielded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timer = match &self.0 {
            Inner::Bare(timer) => timer,
            Inner::Behind(behind) => &behind.timer,
        };
        timer.fmt(f)
    }
}
