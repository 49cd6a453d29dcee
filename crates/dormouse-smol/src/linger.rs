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
pub(crate) struct Linger {
    pub(crate) grace: Duration,
}

impl Future for Linger {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Drop for Linger {
    fn drop(&mut self) {
        thread::sleep(self.grace);
    }
}

/// On the thread of the code that drops the executor.
///
/// Without a pause, the long test in `tests/gone.rs` lost a task within 16 to 29 s on two busy
/// cores; with 20 us it lost none in a minute.
pub(crate) const SHORT: Duration = Duration::from_millis(2);

/// On a thread of the executor, which nobody waits for. By then all tasks but the lost ones have ended.
///
/// With four threads that do nothing but wake 100 tasks, on two cores at a load of 16, one executor in
/// 300 lost a task with 2 ms, and none of 450 with 100 ms.
pub(crate) const LONG: Duration = Duration::from_millis(100);
