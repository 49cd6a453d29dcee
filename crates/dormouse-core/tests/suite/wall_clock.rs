//! A wall clock that stands still.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::task::{Context, Waker};
use std::time::{Duration, SystemTime};

use dormouse_core::{Sleeper, sleep_until_system_time, sleeper_fn, system_interval};
use dormouse_smol::Smol;

const BEFORE: Duration = Duration::from_nanos(50);

static READ: AtomicU64 = AtomicU64::new(0);

fn stands_still() -> SystemTime {
    let times = READ.fetch_add(1, SeqCst);
    assert!(times < 10_000, "a poll reads the clock again and again");
    SystemTime::UNIX_EPOCH
}

#[test]
fn one_just_before_its_time_is_not_polled_for_ever() {
    let smol = sleeper_fn(|duration| Smol.sleep(duration)).wall_clock(stands_still);
    let mut cx = Context::from_waker(Waker::noop());
    let mut sleep = pin!(sleep_until_system_time(
        &smol,
        SystemTime::UNIX_EPOCH + BEFORE
    ));
    assert!(sleep.as_mut().poll(&mut cx).is_pending());

    let mut ticks = system_interval(&smol, SystemTime::UNIX_EPOCH + BEFORE, BEFORE);
    let mut tick = pin!(ticks.tick());
    assert!(tick.as_mut().poll(&mut cx).is_pending());
}
