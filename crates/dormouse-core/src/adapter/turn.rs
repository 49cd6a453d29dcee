//! Turns for others in a loop that spawns on a runtime that is gone.

use std::cell::Cell;
use std::task::{Context, Poll};

use crate::adapter::current::poll_number;
use crate::adapter::quiet::wake;

thread_local! {
    static TURN: Cell<Turn> = const { Cell::new(Turn::of(0)) };
}

/// What has happened on this thread in the latest poll of a task.
#[derive(Clone, Copy)]
struct Turn {
    poll: u32,
    /// A task was made, and none has been dropped since.
    made: bool,
    /// How many tasks were dropped after another was made: as far as is known, by a spawn on a
    /// runtime that is gone.
    lost: u32,
    /// How many calls of `take_turn` have been pending since.
    taken: u32,
}

impl Turn {
    const fn of(poll: u32) -> Self {
        Self {
            poll,
            made: false,
            lost: 0,
            taken: 0,
        }
    }

    fn get() -> Self {
        let poll = poll_number();
        let latest = TURN.try_with(Cell::get).ok();
        let latest = latest.filter(|latest| latest.poll == poll);
        latest.unwrap_or(Self::of(poll))
    }

    fn set(self) {
        // It fails while the thread ends: then nothing is counted.
        let _ = TURN.try_with(|turn| turn.set(self));
    }
}

/// Notes that a task is made, to be spawned.
#[inline]
pub(super) fn note_made() {
    Turn {
        made: true,
        ..Turn::get()
    }
    .set();
}

/// Notes that a task is dropped before its end: it is aborted, or its runtime is gone.
pub(super) fn note_dropped() {
    let turn = Turn::get();
    if turn.made {
        Turn {
            made: false,
            lost: turn.lost + 1,
            ..turn
        }
        .set();
    }
}

/// What the handle of a task polls first: once 64 tasks have been dropped as soon as they were made, in
/// the poll that the calling code is in, 32 calls are pending, and wake the waker, unless that poll
/// ends before; [`Contained`](crate::adapter::Contained) and [`Remote`](crate::adapter::Remote) count
/// the tasks.
///
/// On a runtime that is gone, a new task is dropped at once, and its handle is ready. A loop that
/// spawns anew what has ended would never return from its poll, so its own future could not be
/// dropped, and a timeout around it could not fire. With only one call pending, a `select` of two
/// handles would be ready by the other.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::{enter, noop, remote, take_turn};
/// use std::task::{Context, Poll};
///
/// let cx = &mut Context::from_waker(noop());
/// let poll = enter("MyRuntime", noop());
/// assert_eq!(take_turn(cx), Poll::Ready(()));
/// for _ in 0..64 {
///     let (run, _task) = remote(async {});
///     drop(run); // its runtime is gone
/// }
/// assert_eq!(take_turn(cx), Poll::Pending); // others run
/// assert_eq!(take_turn(cx), Poll::Pending); // whichever handle is polled next
/// drop(poll);
/// assert_eq!(take_turn(cx), Poll::Ready(()));
/// ```
pub fn take_turn(cx: &mut Context<'_>) -> Poll<()> {
    // Each poll of a handle comes here: the number of the poll is read only if it matters.
    let latest = TURN.try_with(Cell::get).ok();
    let latest = latest.filter(|latest| latest.lost >= MOST && latest.poll == poll_number());
    let Some(turn) = latest else {
        return Poll::Ready(());
    };
    if turn.taken == TURNS {
        Turn::of(turn.poll).set();
        return Poll::Ready(());
    }
    Turn {
        taken: turn.taken + 1,
        ..turn
    }
    .set();
    wake(cx.waker().clone());
    Poll::Pending
}

/// Few, as some runtimes look at their timers only once in 61 polls (tokio) or 200 (smol).
const MOST: u32 = 64;

/// How many calls are pending; as many handles can be polled in one `select`.
const TURNS: u32 = 32;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::adapter::{enter, noop};

    fn lose(tasks: u32) {
        for _ in 0..tasks {
            note_made();
            note_dropped();
        }
    }

    #[test]
    fn tasks_that_were_lost_in_former_polls_do_not_count() {
        let cx = &mut Context::from_waker(noop());
        for _poll in 0..3 {
            let _current = enter("MyRuntime", noop());
            lose(MOST - 1);
            assert!(take_turn(cx).is_ready());
        }
        let _current = enter("MyRuntime", noop());
        lose(MOST);
        drop(_current);
        let _current = enter("MyRuntime", noop());
        assert!(take_turn(cx).is_ready());
    }

    #[test]
    fn tasks_that_are_aborted_later_do_not_count() {
        let cx = &mut Context::from_waker(noop());
        (0..10 * MOST).for_each(|_| note_made());
        (0..10 * MOST).for_each(|_| note_dropped());
        assert!(take_turn(cx).is_ready());
    }

    #[test]
    fn some_calls_in_a_row_are_pending() {
        let cx = &mut Context::from_waker(noop());
        for _round in 0..2 {
            lose(10 * MOST);
            assert!((0..TURNS).all(|_| take_turn(cx).is_pending()));
            assert!(take_turn(cx).is_ready());
        }
    }
}
