//! Passes the panic of a cancelled future's destructor to the task's handle.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::panic::resume_unwind;

use crate::adapter::quiet::drop_quietly;

type Payload = Box<dyn Any + Send>;

/// The payload of a destructor's panic, while it passes through a runtime that catches it.
///
/// The runtime may drop it where a panic would harm other tasks: dropping it never panics, whatever
/// is inside.
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

impl fmt::Debug for Defused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Defused").finish_non_exhaustive()
    }
}

thread_local! {
    /// The panic of the destructor of the cancelled future that was last dropped on this thread.
    ///
    /// async-task drops the future of a cancelled task and then, on the same thread and with no
    /// foreign code in between, wakes the waker that awaits the task. So the panic gets from the
    /// future to [`Settling`](crate::adapter::Settling) through this variable, and a task need not
    /// share an allocation with its handle. Code that polls or drops a future clears it first, so
    /// what is found here belongs to the future that was dropped last.
    static BURST: RefCell<Kept> = const { RefCell::new(Kept(None)) };
}

pub(super) fn keep_burst(payload: Payload) {
    let former = BURST.try_with(|burst| burst.replace(Kept(Some(payload))));
    drop(former);
}

/// Takes the panic of the last destructor of a cancelled future on this thread, if it had one.
pub(super) fn take_burst() -> Option<Payload> {
    // A thread that is ending has no such variable any more.
    BURST
        .try_with(|burst| burst.borrow_mut().0.take())
        .ok()
        .flatten()
}

/// Drops the panic that an earlier future has left on this thread.
pub(super) fn clear_burst() {
    drop_quietly(take_burst());
}

/// A payload that is dropped without a panic if it is not taken, also at the end of the thread.
struct Kept(Option<Payload>);

impl Drop for Kept {
    fn drop(&mut self) {
        drop_quietly(self.0.take());
    }
}
