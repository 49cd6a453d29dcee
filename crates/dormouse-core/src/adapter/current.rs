//! Which runtime polls the code that is running on this thread.

use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr;
use std::task::Waker;

thread_local! {
    /// What is being polled on this thread.
    static CURRENT: Cell<Polled> = const { Cell::new(Polled::NOTHING) };
    /// The number of the latest poll on this thread.
    static POLLS: Cell<u32> = const { Cell::new(0) };
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Polled {
    /// The type of its runtime.
    runtime: &'static str,
    /// The addresses of its waker.
    waker: (usize, usize),
    /// The number of this poll on its thread.
    number: u32,
}

impl Polled {
    const NOTHING: Self = Self {
        runtime: "",
        waker: (0, 0),
        number: 0,
    };
    /// In place of a waker, in the destructors of a task. No waker has this address.
    const DESTRUCTOR: (usize, usize) = (0, 1);
}

/// Marks the code that follows as polled by this runtime, with this waker, until the guard is
/// dropped.
///
/// In that code a `block_on` is refused, the waker counts as the runtime's own, which does not
/// panic, and [`current_runtime`] returns the type of the runtime.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::{current_runtime, enter};
/// use std::task::Waker;
///
/// let waker = Waker::noop(); // in an adapter, the waker of the poll
/// let current = enter("MyRuntime", waker);
/// assert_eq!(current_runtime(), Some("MyRuntime"));
/// drop(current);
/// assert_eq!(current_runtime(), None);
/// ```
#[must_use = "the effect ends when the guard is dropped"]
pub fn enter(runtime: &'static str, waker: &Waker) -> Current {
    let next = |polls: &Cell<u32>| {
        polls.set(polls.get().wrapping_add(1));
        polls.get()
    };
    let number = POLLS.try_with(next).unwrap_or(0);
    replace(Polled {
        runtime,
        waker: address(waker),
        number,
    })
}

/// Marks the code that follows as allowed to block, until the guard is dropped: on a thread for
/// blocking, or where the runtime allows it.
#[must_use = "the effect ends when the guard is dropped"]
pub fn leave() -> Current {
    replace(Polled::NOTHING)
}

/// Marks the code that follows as the destructor of a task of this runtime, until the guard is
/// dropped: a `block_on` is refused there, as in a poll. Without a name, the runtime stays the one
/// that polls the calling code.
#[must_use = "the effect ends when the guard is dropped"]
pub(crate) fn enter_destructor(runtime: &'static str) -> Current {
    let mut current = get();
    current.waker = Polled::DESTRUCTOR;
    if !runtime.is_empty() {
        current.runtime = runtime;
    }
    replace(current)
}

/// Whether the calling code is the destructor of a task.
#[must_use]
pub fn is_in_destructor() -> bool {
    get().waker == Polled::DESTRUCTOR
}

/// The type of the innermost runtime that polls the calling code through these traits; `None`, or
/// an empty name, if it is not known.
#[must_use]
pub fn current_runtime() -> Option<&'static str> {
    let current = get();
    (current != Polled::NOTHING).then_some(current.runtime)
}

/// The number of the poll that the calling code is in, which another poll on this thread does not
/// have; 0 if no runtime polls through these traits.
pub(crate) fn poll_number() -> u32 {
    get().number
}

/// Tells the polls of tasks on a thread apart, as far as they are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PollId {
    number: u32,
    /// Outside of the traits: the number of the latest poll inside of them, which has ended.
    latest: u32,
}

impl PollId {
    pub(crate) const OUTSIDE: Self = Self {
        number: 0,
        latest: 0,
    };

    /// Whether it is a poll inside of the traits.
    pub(crate) fn is_known(self) -> bool {
        self.number != 0
    }

    /// The poll that the calling code is in.
    pub(crate) fn now() -> Self {
        let number = poll_number();
        let latest = if number == 0 {
            POLLS.try_with(Cell::get).unwrap_or(0)
        } else {
            0
        };
        Self { number, latest }
    }
}

/// Whether this waker is known not to panic: it is that of the task that is being polled on this
/// thread, or [`noop`].
pub(crate) fn is_harmless(waker: &Waker) -> bool {
    let waker = address(waker);
    get().waker == waker || address(NOOP) == waker
}

/// `Waker::noop`, in one copy: others can't be told from wakers that panic, as each crate may have
/// its own vtable.
#[must_use]
pub fn noop() -> &'static Waker {
    NOOP
}

static NOOP: &Waker = Waker::noop();

/// The guard of [`enter`].
#[derive(Debug)]
pub struct Current {
    former: Polled,
    // The guard must be dropped on its own thread, so it is not `Send`.
    thread: PhantomData<*const ()>,
}

impl Drop for Current {
    fn drop(&mut self) {
        set(self.former);
    }
}

fn replace(current: Polled) -> Current {
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

// A thread that is ending has no such variable any more, and runs no task.

fn get() -> Polled {
    CURRENT.try_with(Cell::get).unwrap_or(Polled::NOTHING)
}

fn set(current: Polled) {
    let _ = CURRENT.try_with(|cell| cell.set(current));
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_waker_without_data_may_panic() {
        assert!(is_harmless(noop()));
        let without_data = futures::task::noop_waker_ref();
        assert!(without_data.data().is_null() && !is_harmless(without_data));
        let _current = enter("", without_data);
        assert!(is_harmless(without_data));
    }

    #[test]
    fn a_destructor_without_a_name_is_that_of_the_runtime_that_polls() {
        let _current = enter("MyRuntime", noop());
        let destructor = enter_destructor("");
        assert!(is_in_destructor());
        assert_eq!(current_runtime(), Some("MyRuntime"));
        drop(destructor);
        assert!(!is_in_destructor());
    }
}
