//! Turns for others, in loops on a runtime that is gone.

use std::cell::Cell;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::Instant;
use crate::adapter::current::PollId;
use crate::adapter::quiet::wake;
use crate::sync::system_now;

/// Lets others run before a future is ready: what is due on a test's clock, because its runtime is
/// gone, polls this first.
///
/// A loop over futures that are ready at once would never return from its poll, so its own future
/// could not be dropped, and a timeout around it could not fire. To be pending once is not enough: a
/// future may be polled several times in one poll of its task, as `for_each_concurrent` does.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::{Turn, enter, noop};
/// use std::task::{Context, Poll};
///
/// let cx = &mut Context::from_waker(noop());
/// let mut turn = Turn::default();
/// let poll = enter("MyRuntime", noop());
/// assert_eq!(turn.poll(cx), Poll::Pending);
/// assert_eq!(turn.poll(cx), Poll::Pending); // still in the same poll of a task
/// drop(poll);
/// let poll = enter("MyRuntime", noop());
/// assert_eq!(turn.poll(cx), Poll::Ready(()));
/// # drop(poll);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Turn(Option<Begun>);

#[derive(Clone, Copy, Debug)]
struct Begun {
    poll: PollId,
    at: Instant,
}

impl Turn {
    /// Pending, and wakes the waker, for the rest of the poll of a task that the first call is in.
    ///
    /// Outside of the traits polls can't be told apart, and another executor may run inside of a poll:
    /// so no turn is longer than two milliseconds by the system's clock. In that time tens of
    /// thousands of futures are polled.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let begun = self.0.get_or_insert_with(|| Begun {
            poll: PollId::now(),
            at: system_now(),
        });
        if begun.poll != PollId::now() || system_now() - begun.at >= LONGEST {
            return Poll::Ready(());
        }
        wake(cx.waker().clone());
        Poll::Pending
    }
}

/// What the handle of a task polls first: once 64 tasks have been dropped while they were spawned, in
/// the poll that the calling code is in, it is pending for the rest of that poll, as a [`Turn`] is.
///
/// On a runtime that is gone, a new task is dropped at once, and its handle is ready. So a loop that
/// spawns anew what has ended would never return from its poll.
/// [`Contained`](crate::adapter::Contained) and [`Remote`](crate::adapter::Remote) note the tasks, and
/// [`spawned`] counts them.
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
    let poll = HERE.try_with(|here| {
        here.spawned();
        // Each poll of a handle comes here: nothing else is read as a rule.
        if here.lost.get() < MOST {
            return Poll::Ready(());
        }
        let mut turn = here.turn.get();
        let poll = if here.poll.get() == PollId::now() {
            turn.poll(cx)
        } else {
            Poll::Ready(())
        };
        if poll.is_ready() {
            turn = Turn::default();
            here.lost.set(0);
        }
        here.turn.set(turn);
        poll
    });
    // Nothing is counted while the thread ends.
    poll.unwrap_or(Poll::Ready(()))
}

/// Notes that a spawn is over: what makes the handle of a task calls it, so that a task which is
/// dropped later is not taken for one whose runtime is gone.
#[inline]
pub fn spawned() {
    let _ = HERE.try_with(Here::spawned);
}

/// Polls without a turn for others.
pub(crate) fn without_turns<T>(poll: impl FnOnce() -> T) -> T {
    let replace = |lost| HERE.try_with(|here| here.lost.replace(lost)).unwrap_or(0);
    let lost = replace(0);
    let polled = poll();
    replace(lost);
    polled
}

/// Notes that a task is made, to be spawned.
#[inline]
pub(super) fn note_made() {
    let _ = HERE.try_with(|here| {
        here.spawned();
        here.latest.set(Latest::Made);
    });
}

/// Notes that a task is dropped before its end: it is aborted, or its runtime is gone.
pub(super) fn note_dropped() {
    let _ = HERE.try_with(|here| {
        if here.latest.get() == Latest::Made {
            here.latest.set(Latest::Dropped);
        }
    });
}

thread_local! {
    static HERE: Here = const {
        Here {
            latest: Cell::new(Latest::Spawned),
            lost: Cell::new(0),
            poll: Cell::new(PollId::OUTSIDE),
            turn: Cell::new(Turn(None)),
        }
    };
}

/// The spawns of this thread.
struct Here {
    latest: Cell<Latest>,
    /// How many tasks were dropped while they were spawned, in this poll.
    lost: Cell<u32>,
    poll: Cell<PollId>,
    turn: Cell<Turn>,
}

/// The state of the task that was made last.
#[derive(Clone, Copy, PartialEq)]
enum Latest {
    Made,
    Dropped,
    Spawned,
}

impl Here {
    #[inline]
    fn spawned(&self) {
        if self.latest.replace(Latest::Spawned) == Latest::Dropped {
            self.count();
        }
    }

    #[cold]
    fn count(&self) {
        if self.poll.replace(PollId::now()) != PollId::now() {
            self.lost.set(0);
            self.turn.set(Turn::default());
        }
        self.lost.set(self.lost.get().saturating_add(1));
    }
}

/// Few, as some runtimes look at their timers only once in 61 polls (tokio) or 200 (smol).
const MOST: u32 = 64;

/// The longest turn.
const LONGEST: Duration = Duration::from_millis(2);

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::adapter::{enter, noop};

    fn lose(tasks: u32) {
        for _ in 0..tasks {
            note_made();
            note_dropped();
            spawned();
        }
    }

    fn take() -> Poll<()> {
        take_turn(&mut Context::from_waker(noop()))
    }

    #[test]
    fn tasks_that_were_lost_in_former_polls_do_not_count() {
        for _poll in 0..3 {
            let _current = enter("MyRuntime", noop());
            lose(MOST - 1);
            assert!(take().is_ready());
        }
        let _current = enter("MyRuntime", noop());
        lose(MOST);
        drop(_current);
        let _current = enter("MyRuntime", noop());
        assert!(take().is_ready());
    }

    #[test]
    fn tasks_that_are_dropped_later_do_not_count() {
        (0..10 * MOST).for_each(|_| note_made());
        (0..10 * MOST).for_each(|_| note_dropped());
        assert!(take().is_ready());
        for _ in 0..10 * MOST {
            note_made();
            spawned();
            note_dropped();
        }
        assert!(take().is_ready());
    }

    #[test]
    fn every_call_of_the_poll_is_pending() {
        let current = enter("MyRuntime", noop());
        lose(MOST);
        assert!((0..1_000).all(|_| take().is_pending()));
        assert_eq!(without_turns(take), Poll::Ready(()));
        assert!(take().is_pending());
        drop(current);
        assert!(take().is_ready());
    }

    #[test]
    fn outside_of_the_traits_a_turn_ends_with_its_time_or_a_poll_inside_of_them() {
        for _round in 0..2 {
            lose(MOST);
            let began = Instant::now();
            while take().is_pending() {}
            assert!(began.elapsed() >= LONGEST);
            assert!(take().is_ready());
        }
        lose(MOST);
        assert!(take().is_pending());
        drop(enter("MyRuntime", noop()));
        assert!(take().is_ready());
    }

    #[test]
    fn an_executor_inside_of_a_poll_gets_on() {
        let _current = enter("MyRuntime", noop());
        lose(MOST);
        futures::executor::block_on(std::future::poll_fn(take_turn));
    }
}
