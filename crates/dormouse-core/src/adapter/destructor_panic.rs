//! Passes the panic of a cancelled future's destructor to the task's handle.

use std::any::Any;
use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use crate::adapter::quiet::drop_quietly;

type Payload = Box<dyn Any + Send>;

/// The payload of a destructor's panic, while it passes through a runtime that catches it.
///
/// The runtime may drop it where a panic would harm other tasks: dropping it never panics, whatever
/// is inside.
#[derive(Debug)]
pub struct Defused(Kept);

impl Defused {
    /// The payload inside, or `payload` itself if it is not a `Defused`.
    #[must_use]
    pub fn open(payload: Payload) -> Payload {
        match payload.downcast::<Self>() {
            Ok(mut defused) => defused.0.0.take().unwrap_or_else(|| Box::new(())),
            Err(payload) => payload,
        }
    }

    /// Resumes the panic, whose message has been printed.
    pub(super) fn resume(payload: Payload) -> ! {
        resume_unwind(Box::new(Self(Kept(Some(payload)))))
    }
}

thread_local! {
    /// The panic of the cancelled task whose future or output was last dropped on this thread.
    ///
    /// async-task drops the future of a cancelled task, or its output if it ended meanwhile, and
    /// then, on the same thread and with no foreign code in between, wakes the waker that awaits
    /// the task. So the panic gets to [`Settling`](crate::adapter::Settling) through this variable,
    /// and a task need not share an allocation with its handle. Every later drop of a future or an
    /// output overwrites the variable, so it holds the panic of the last drop, if that panicked.
    static LAST_PANIC: RefCell<Kept> = const { RefCell::new(Kept(None)) };
}

/// An abort whose handle has not got its result yet.
#[derive(Debug)]
pub(super) struct Awaited(());

/// How many there are in the process.
static AWAITED: AtomicUsize = AtomicUsize::new(0);

impl Awaited {
    pub(super) fn new() -> Self {
        AWAITED.fetch_add(1, SeqCst);
        Self(())
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        AWAITED.fetch_sub(1, SeqCst);
    }
}

/// Keeps a panic for the handle of the task, if any handle may want it.
pub(super) fn keep_panic(payload: Payload) {
    clear_panic();
    let panic = Kept(Some(payload));
    if AWAITED.load(SeqCst) > 0 {
        let former = LAST_PANIC.try_with(|kept| kept.replace(panic));
        drop(former);
    }
}

/// Takes the panic of the last destructor of a cancelled future on this thread, if it had one.
pub(super) fn take_panic() -> Option<Payload> {
    // A thread that is ending has no such variable any more.
    LAST_PANIC
        .try_with(|panic| panic.borrow_mut().0.take())
        .ok()
        .flatten()
}

/// Drops the panic that an earlier future has left on this thread.
pub(super) fn clear_panic() {
    drop_quietly(take_panic());
}

/// A payload that is dropped without a panic if it is not taken, and leaked at the end of the
/// thread: a panic of its destructor would end the process there.
#[derive(Debug)]
struct Kept(Option<Payload>);

impl Drop for Kept {
    fn drop(&mut self) {
        let thread_ends = LAST_PANIC.try_with(|_| ()).is_err();
        match self.0.take() {
            Some(payload) if thread_ends => std::mem::forget(payload),
            payload => drop_quietly(payload),
        }
    }
}
