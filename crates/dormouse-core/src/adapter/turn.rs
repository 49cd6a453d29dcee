//! Turns for others in a loop that spawns on a runtime that is gone.

use std::cell::Cell;
use std::task::{Context, Poll};

use crate::adapter::current::poll_number;

thread_local! {
    static DROPPED: Cell<Dropped> = const { Cell::new(Dropped { poll: 0, tasks: 0 }) };
}

/// How many tasks have been dropped before their ends on this thread, in the latest poll of a task.
#[derive(Clone, Copy)]
struct Dropped {
    poll: u32,
    tasks: u32,
}

/// Notes that a task is dropped before its end: it is aborted, or its runtime is gone.
pub(super) fn note_dropped() {
    let poll = poll_number();
    let _ = DROPPED.try_with(|cell| {
        let before = cell.get();
        let tasks = if before.poll == poll { before.tasks } else { 0 };
        let tasks = tasks + 1;
        cell.set(Dropped { poll, tasks });
    });
}

/// What the handle of a task polls first: it is pending, and wakes the waker, if 10,000 tasks have
/// been dropped in the poll that the calling code is in; [`Contained`](crate::adapter::Contained)
/// and [`Remote`](crate::adapter::Remote) count them.
///
/// On a runtime that is gone, a new task is dropped at once, and its handle is ready. A loop that
/// spawns anew what has ended would never return from its poll, so its own future could not be
/// dropped, and a timeout around it could not fire.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::{noop, remote, take_turn};
/// use std::task::{Context, Poll};
///
/// let cx = &mut Context::from_waker(noop());
/// assert_eq!(take_turn(cx), Poll::Ready(()));
/// for _ in 0..10_000 {
///     let (run, _task) = remote(async {});
///     drop(run); // its runtime is gone
/// }
/// assert_eq!(take_turn(cx), Poll::Pending); // others run
/// assert_eq!(take_turn(cx), Poll::Ready(()));
/// ```
pub fn take_turn(cx: &mut Context<'_>) -> Poll<()> {
    let Ok(dropped) = DROPPED.try_with(Cell::get) else {
        return Poll::Ready(());
    };
    if dropped.tasks < MOST {
        return Poll::Ready(());
    }
    let _ = DROPPED.try_with(|cell| cell.set(Dropped { poll: 0, tasks: 0 }));
    if dropped.poll != poll_number() {
        return Poll::Ready(());
    }
    cx.waker().wake_by_ref();
    Poll::Pending
}

/// So many tasks are spawned and dropped in some milliseconds; no other code drops as many in one
/// poll.
const MOST: u32 = 10_000;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::adapter::{enter, noop};

    #[test]
    fn tasks_that_were_dropped_in_former_polls_do_not_count() {
        let cx = &mut Context::from_waker(noop());
        for _poll in 0..3 {
            let _current = enter("MyRuntime", noop());
            (1..MOST).for_each(|_| note_dropped());
            assert!(take_turn(cx).is_ready());
        }
        let _current = enter("MyRuntime", noop());
        (0..MOST).for_each(|_| note_dropped());
        drop(_current);
        let _current = enter("MyRuntime", noop());
        assert!(take_turn(cx).is_ready());
    }
}
