//! Clocks other than the system's: one with coarse steps, and one that jumps to the deadline of whoever sleeps.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::LazyLock;
use std::task::Poll;
use std::time::{Duration, Instant};

use dormouse_conformance::cases;
use dormouse_core::Sleeper;

use crate::caught::words;

/// A clock in steps of 3 ms.
struct Coarse;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

fn now() -> Instant {
    let steps = START.elapsed().as_millis() as u64 / 3;
    *START + Duration::from_millis(3 * steps)
}

impl Sleeper for Coarse {
    type Sleep = Pin<Box<dyn Future<Output = ()>>>;

    fn now(&self) -> Instant {
        now()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        Box::pin(poll_fn(move |cx| {
            if deadline <= now() {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        }))
    }
}

#[test]
fn a_sleep_that_is_due_by_another_clock_alone_may_be_pending() {
    for _ in 0..100 {
        futures::executor::block_on(cases::ready::a_due_sleep_is_ready_at_its_first_poll(
            &Coarse,
        ));
    }
}

/// Its sleeps are too short by so much, if they are longer than an hour.
struct Jumps(Duration, Rc<Cell<Instant>>);

impl Sleeper for Jumps {
    type Sleep = Pin<Box<dyn Future<Output = ()>>>;

    fn now(&self) -> Instant {
        self.1.get()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        let left = deadline.saturating_duration_since(self.now());
        let is_long = left > Duration::from_secs(3_600);
        let until = if is_long { deadline - self.0 } else { deadline };
        let now = Rc::clone(&self.1);
        Box::pin(async move { now.set(now.get().max(until)) })
    }
}

#[test]
fn one_that_is_early_for_more_than_an_hour() {
    let case = |early| {
        let sleeper = Jumps(early, Rc::new(Cell::new(Instant::now())));
        futures::executor::block_on(cases::sleeper::sleep_is_never_early(&sleeper));
    };
    case(Duration::ZERO);
    let early = AssertUnwindSafe(|| case(Duration::from_millis(10)));
    let message = words(&*catch_unwind(early).unwrap_err());
    let right = "a sleep never ends before its deadline: one of 3600.001234s ended 10ms early";
    assert_eq!(message, right);
}
