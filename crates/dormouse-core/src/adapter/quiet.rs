//! Foreign code whose panic must not harm other tasks: wakers and destructors.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::adapter::current::is_harmless;

/// Wakes, and catches a panic of the waker.
///
/// The payload is dropped; its message has been printed. The task of that waker may hang, the
/// others are unaffected.
pub fn wake(waker: Waker) {
    discard(catch_unwind(AssertUnwindSafe(|| waker.wake())));
}

/// Drops a value, and catches a panic of its destructor.
///
/// # Examples
///
/// ```
/// struct Bomb;
///
/// impl Drop for Bomb {
///     fn drop(&mut self) {
///         panic!("burnt");
///     }
/// }
///
/// dormouse_core::adapter::drop_quietly(Bomb); // prints the message and goes on
/// ```
pub fn drop_quietly<T>(value: T) {
    discard(catch_unwind(AssertUnwindSafe(|| drop(value))));
}

/// A waker that wakes `waker` and does not panic; it costs an allocation.
#[must_use]
pub fn quiet(waker: &Waker) -> Waker {
    Waker::from(Arc::new(Quiet(waker.clone())))
}

/// Polls with a waker that does not panic: that of `cx`, if it is the runtime's own, or else a
/// [`quiet`] one around it.
pub fn poll_quietly<T>(
    cx: &mut Context<'_>,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    if is_harmless(cx.waker()) {
        return poll(cx);
    }
    let waker = quiet(cx.waker());
    poll(&mut Context::from_waker(&waker))
}

struct Quiet(Waker);

impl Wake for Quiet {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        discard(catch_unwind(AssertUnwindSafe(|| self.0.wake_by_ref())));
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // The destructor of a waker is foreign code.
        drop_quietly(std::mem::replace(&mut self.0, Waker::noop().clone()));
    }
}

/// Drops the payload of a panic. If its destructor panics too, the payload of that second panic is
/// leaked: its destructor may panic again, and so on.
fn discard(result: Result<(), Box<dyn std::any::Any + Send>>) {
    if let Err(payload) = result {
        if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(another);
        }
    }
}
