//! Calls that may panic, and what their panics say.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

/// The message of a panic.
pub(crate) fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("(no words)").to_owned()
}

/// Makes a call; returns the message if it panics.
pub(crate) fn caught<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| said(&*payload))
}

/// Makes a call on a plain thread; returns the message if it panics. The call is short, so the
/// driver's thread may wait for it.
pub(crate) fn elsewhere<T: Send>(call: impl FnOnce() -> T + Send) -> Result<T, String> {
    thread::scope(|scope| {
        let thread = scope.spawn(|| caught(call));
        thread.join().unwrap_or_else(|payload| Err(said(&*payload)))
    })
}
