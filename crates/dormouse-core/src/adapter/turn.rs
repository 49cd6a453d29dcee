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
/// could not be dropped, and a timeout around it could not fire.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::{Turn, noop};
/// use std::task::{Context, Poll};
///
/// let cx = &mut Context::from_waker(noop());
/// let mut turn = Turn::default();
/// assert_eq!(turn.poll(cx), Poll::Pending);
/// assert_eq!(turn.poll(cx), Poll::Ready(()));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Turn {
    begun: bool,
}

impl Turn {
    /// Pending once, and wakes the waker. After 64 such turns in one poll of a task, it is pending for
    /// the rest of that poll, as [`take_turn`] is: `for_each_concurrent`, for one, polls a future again
    /// in the same poll.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !std::mem::replace(&mut self.begun, true) {
            wake(cx.waker().clone());
            return Poll::Pending;
        }
        let _ = HERE.try_with(Here::count);
        take_turn(cx)
    }
}

/// What the handle of a task polls first: once 64 tasks have been dropped while they were spawned, in
/// the poll that the calling code is in, it is pending for the rest of that poll, and wakes the waker.
///
/// On a runtime that is gone, a new task is dropped at once, and its handle is ready. So a loop that
/// spawns anew what has ended would never return from its poll.
///
/// Outside of the traits polls can't be told apart, and another executor may run inside of a poll: so
/// it is pending no longer than two milliseconds after the latest of these tasks. In that time tens of
/// thousands of handles are polled. Outside, tasks with more than ten milliseconds between them do not
/// count together.
///
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
    let is_over = |here: &Here| {
        here.spawned();
        // Each poll of a handle comes here: nothing else is read as a rule.
        here.lost.get() < MOST || here.is_over()
    };
    // Nothing is counted while the thread ends.
    if HERE.try_with(is_over).unwrap_or(true) {
        return Poll::Ready(());
    }
    wake(cx.waker().clone());
    Poll::Pending
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
            at: Cell::new(None),
        }
    };
}

/// The spawns of this thread.
struct Here {
    latest: Cell<Latest>,
    /// How many tasks were dropped while they were spawned, in this poll.
    lost: Cell<u32>,
    poll: Cell<PollId>,
    /// When the latest of them was.
    at: Cell<Option<Instant>>,
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
        let (poll, now) = (PollId::now(), system_now());
        let former = self.at.replace(Some(now));
        let together = poll.is_known() || former.is_some_and(|former| now - former < TOGETHER);
        if self.poll.replace(poll) != poll || !together {
            self.lost.set(0);
        }
        self.lost.set(self.lost.get().saturating_add(1));
    }

    /// Whether others could run since so many tasks were lost.
    #[cold]
    fn is_over(&self) -> bool {
        let is_long = |at| system_now() - at >= LONGEST;
        let over = self.poll.get() != PollId::now() || self.at.get().is_none_or(is_long);
        if over {
            self.lost.set(0);
        }
        over
    }
}

/// Few, as some runtimes look at their timers only once in 61 polls (tokio) or 200 (smol).
const MOST: u32 = 64;

/// The longest turn.
const LONGEST: Duration = Duration::from_millis(2);

/// Less time between two tasks than that is a loop, even if the machine is busy.
const TOGETHER: Duration = Duration::from_millis(10);

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
            let lost = HERE.with(|here| here.at.get()).unwrap();
            assert!(take().is_pending() || lost.elapsed() >= LONGEST);
            while take().is_pending() {}
            assert!(lost.elapsed() >= LONGEST);
            assert!(take().is_ready());
        }
        lose(MOST);
        std::thread::sleep(LONGEST);
        assert!(take().is_ready());
        lose(MOST);
        drop(enter("MyRuntime", noop()));
        assert!(take().is_ready());
    }

    #[test]
    fn tasks_that_are_lost_now_and_then_do_not_count_outside_of_the_traits() {
        for _ in 0..3 {
            lose(MOST - 1);
            std::thread::sleep(TOGETHER);
        }
        lose(1);
        assert!(take().is_ready());
    }

    #[test]
    fn a_turn_is_pending_once_but_many_in_a_poll_are_pending_for_its_rest() {
        let cx = &mut Context::from_waker(noop());
        let current = enter("MyRuntime", noop());
        let mut turns = [Turn::default(); 2 * MOST as usize];
        assert!(turns.iter_mut().all(|turn| turn.poll(cx).is_pending()));
        let ready = turns
            .iter_mut()
            .filter_map(|turn| turn.poll(cx).is_ready().then_some(()));
        assert_eq!(ready.count(), MOST as usize - 1);
        drop(current);
    }

    #[test]
    fn an_executor_inside_of_a_poll_gets_on() {
        let _current = enter("MyRuntime", noop());
        lose(MOST);
        futures::executor::block_on(std::future::poll_fn(take_turn));
    }
}
