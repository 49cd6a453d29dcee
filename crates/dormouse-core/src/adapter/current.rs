//! Which code on this thread is run by a runtime.

use std::cell::Cell;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

thread_local! {
    /// The waker of the task that is being polled on this thread, as two addresses; zeros where
    /// none is.
    static CURRENT: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// Says that the code that follows is polled by a runtime with this waker, until the guard is
/// dropped.
///
/// It tells two things: that a `block_on` in that code must be refused, and that this waker is the
/// runtime's own, so it does not panic.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::enter;
/// use std::task::Waker;
///
/// let waker = Waker::noop(); // in an adapter, that of the poll
/// let current = enter(waker);
/// // the task's future is polled here
/// drop(current);
/// ```
#[must_use = "it is over when the guard is dropped"]
pub fn enter(waker: &Waker) -> Current {
    replace(address(waker))
}

/// Says that the code that follows may block, until the guard is dropped: on a thread for that, or
/// where the runtime says so.
#[must_use = "it is over when the guard is dropped"]
pub fn leave() -> Current {
    replace((0, 0))
}

/// Whether this waker is that of the task that is being polled on this thread.
pub(crate) fn is_current(waker: &Waker) -> bool {
    get() == address(waker)
}

/// The guard of [`enter`].
#[derive(Debug)]
pub struct Current {
    former: (usize, usize),
    // It must be dropped on its thread.
    thread: PhantomData<*const ()>,
}

impl Drop for Current {
    fn drop(&mut self) {
        set(self.former);
    }
}

/// The future that a runtime drives for `block_on`: it is refused inside of a task and inside of
/// another `block_on`, as [`BlockOn`](crate::BlockOn) asks for.
///
/// `call` is what the user typed: `"SmolExecutor::block_on"`.
///
/// # Panics
///
/// If the calling code is run by a runtime: a thread that runs tasks can't wait for a future.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::root;
///
/// let future = root("MyRuntime::block_on", async { 42 });
/// assert_eq!(futures::executor::block_on(future), 42); // or whatever drives futures
/// ```
#[track_caller]
pub fn root<F: Future>(call: &str, future: F) -> Root<F> {
    refuse_to_block(call);
    Root { future }
}

/// Panics if the calling code is run by a runtime.
///
/// # Panics
///
/// As said.
#[track_caller]
pub fn refuse_to_block(call: &str) {
    if get() != (0, 0) {
        panic!(
            "`{call}` inside of a task or of another `block_on`: a thread that runs tasks can't \
             wait for a future. Await the future there, or block in a closure of `spawn_blocking`"
        );
    }
}

pin_project! {
    /// The future of [`root`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Root<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future> Future for Root<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _current = enter(cx.waker());
        self.project().future.poll(cx)
    }
}

fn replace(current: (usize, usize)) -> Current {
    let former = get();
    set(current);
    Current {
        former,
        thread: PhantomData,
    }
}

fn address(waker: &Waker) -> (usize, usize) {
    (waker.data().addr(), ptr::from_ref(waker.vtable()).addr())
}

// A thread that ends has no such variable any more, and runs no task.

fn get() -> (usize, usize) {
    CURRENT.try_with(Cell::get).unwrap_or_default()
}

fn set(current: (usize, usize)) {
    let _ = CURRENT.try_with(|cell| cell.set(current));
}
