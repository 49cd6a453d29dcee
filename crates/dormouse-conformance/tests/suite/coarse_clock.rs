//! A right sleeper whose clock has coarse steps passes the cases, at whatever moment of a step.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::Poll;
use std::time::{Duration, Instant};

use dormouse_conformance::cases;
use dormouse_core::Sleeper;

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
