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
pub struct Turn(Option<Begun>);

#[derive(Clone, Copy, Debug)]
struct Begun {
    poll: PollId,
    at: Instant,
}

impl Turn {
    /// Pending once, and wakes the waker. If it is polled again in the same poll of a task, as
    /// `for_each_concurrent` does, that is counted as a lost task is: after 64 of them it is pending for
    /// the rest of that poll, as [`take_turn`] is.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(begun) = self.0 else {
            self.0 = Some(Begun {
                poll: PollId::now(),
                at: system_now(),
            });
            wake(cx.waker().clone());
            return Poll::Pending;
        };
        // Others could run since, so many that wait at once need not wait for each other.
        if begun.poll != PollId::now() || system_now() - begun.at >= LONGEST {
            return Poll::Ready(());
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
/// it is pending for two milliseconds at the most. In that time tens of thousands of handles are polled.
/// Outside, tasks with more than ten milliseconds between them do not count together.
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

#[cfg(all(test, not(loom)))]
mod tests;

thread_local! {
    static HERE: Here = const {
        Here {
            latest: Cell::new(Latest::Spawned),
            lost: Cell::new(0),
            poll: Cell::new(PollId::OUTSIDE),
            latest_lost: Cell::new(None),
            turn: Cell::new(None),
        }
    };
}

/// The spawns of this thread.
struct Here {
    latest: Cell<Latest>,
    /// How many tasks were dropped while they were spawned, in this poll.
    lost: Cell<u32>,
    poll: Cell<PollId>,
    latest_lost: Cell<Option<Instant>>,
    /// When the first handle was pending, because these were too many.
    turn: Cell<Option<Instant>>,
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
        let former = self.latest_lost.replace(Some(now));
        let together = poll.is_known() || former.is_some_and(|former| now - former < TOGETHER);
        if self.poll.replace(poll) != poll || !together {
            self.forget();
        }
        self.lost.set(self.lost.get().saturating_add(1));
    }

    /// Whether others could run since so many tasks were lost; if not, their turn begins.
    #[cold]
    fn is_over(&self) -> bool {
        let now = system_now();
        let since = self.turn.get().or(self.latest_lost.get());
        let over = since.is_none_or(|since| now - since >= LONGEST);
        if over || self.poll.get() != PollId::now() {
            self.forget();
            return true;
        }
        self.turn.set(self.turn.get().or(Some(now)));
        false
    }

    fn forget(&self) {
        self.lost.set(0);
        self.turn.set(None);
    }
}

/// Few, as some runtimes look at their timers only once in 61 polls (tokio) or 200 (smol).
const MOST: u32 = 64;

/// The longest turn. A finished handle may be pending for so long without need: no longer than tokio's
/// timer is late.
///
/// Only a task that was not spawned through these traits needs all of it. Measured in one of tokio:
/// with 0.1 to 50 ms, a sleep beside a loop of such spawns is 1.0 ms late; with 2 ms, the loop spawns
/// 31 tasks a millisecond.
const LONGEST: Duration = Duration::from_millis(2);

/// Less time between two tasks than that is a loop, even if the machine is busy.
const TOGETHER: Duration = Duration::from_millis(10);
