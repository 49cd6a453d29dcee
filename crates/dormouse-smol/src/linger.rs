//! Dropping an executor without losing a task.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

/// The future of a task that is spawned right before its executor is dropped.
///
/// When async-executor 1.14.1 is dropped, it wakes every task and then empties its queue, once. A
/// task that another thread is waking at that moment counts as woken, but may be put into the queue
/// only after that: then it is never dropped, and its handle never resolves. Emptying the queue
/// drops this future, and its destructor gives that thread the time to finish: some instructions,
/// unless the system stops the thread just between them.
pub(crate) struct Linger;

impl Future for Linger {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Drop for Linger {
    fn drop(&mut self) {
        thread::sleep(GRACE);
    }
}

/// Without a pause, the long test in `tests/gone.rs` lost a task within 16 to 29 s on two busy
/// cores; with 20 us it lost none in a minute.
const GRACE: Duration = Duration::from_millis(2);
