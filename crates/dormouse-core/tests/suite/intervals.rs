//! Intervals, to the nanosecond.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::{Duration, Instant};

use dormouse_core::{Coalesced, Interval, MissedTick, Sleeper, interval, interval_at};
use futures::future::poll_fn;

use crate::mock::{Mock, Root};

const MS: Duration = Duration::from_millis(1);

#[test]
fn ticks_come_at_once_and_then_every_period() {
    for missed_tick in [MissedTick::Burst, MissedTick::Delay, MissedTick::Skip] {
        let seen = seen(missed_tick, &[0, 9, 10, 19, 20, 30]);
        assert_eq!(
            seen,
            [vec![0], vec![], vec![10], vec![], vec![20], vec![30]]
        );
    }
}

#[test]
fn missed_ticks_come_in_a_burst() {
    let seen = seen(MissedTick::Burst, &[0, 35, 39, 40]);
    assert_eq!(seen, [vec![0], vec![10, 20, 30], vec![], vec![40]]);
}

#[test]
fn missed_ticks_move_the_next_ones() {
    let seen = seen(MissedTick::Delay, &[0, 35, 44, 45, 55]);
    assert_eq!(seen, [vec![0], vec![10], vec![], vec![45], vec![55]]);
}

#[test]
fn a_timer_may_be_five_milliseconds_late() {
    assert_eq!(
        seen(MissedTick::Delay, &[0, 15, 20]),
        [vec![0], vec![10], vec![20]]
    );
    assert_eq!(
        seen(MissedTick::Delay, &[0, 16, 20, 26]),
        [vec![0], vec![10], vec![], vec![26]]
    );
}

#[test]
fn missed_ticks_are_left_out() {
    let skipped = seen(MissedTick::Skip, &[0, 35, 39, 40]);
    assert_eq!(skipped, [vec![0], vec![10], vec![], vec![40]]);
    // As in tokio, a tick that is due at the instant of a late one is left out, too.
    assert_eq!(
        seen(MissedTick::Skip, &[0, 20, 29, 30]),
        [vec![0], vec![10], vec![], vec![30]]
    );
}

#[test]
fn a_period_of_zero_is_refused() {
    let mock = Mock::new();
    for begin in [0, 1] {
        let start = mock.now() + begin * MS;
        let refused = catch_unwind(AssertUnwindSafe(|| {
            drop(interval_at(&mock, start, Duration::ZERO));
        }));
        let words = refused.unwrap_err();
        assert_eq!(
            words.downcast_ref::<&str>().copied(),
            Some("the period of an interval is zero: give 1 ns or more")
        );
    }
}

/// A timer whose step is longer than the period makes no tick late.
#[test]
fn ticks_do_not_drift_by_the_slack_of_a_coarse_timer() {
    let mock = Mock::new();
    let start = mock.now();
    let coarse = Coalesced::with_slack(mock.clone(), 50 * MS);
    let mut ticks = interval(&coarse, 20 * MS).missed_tick(MissedTick::Delay);
    let mut taken = Vec::new();
    for time in [0, 70, 120, 140, 200] {
        mock.advance((start + time * MS) - mock.now());
        let due = mock.due();
        due.into_iter().for_each(|sleep| drop(mock.fire(sleep)));
        while let Poll::Ready(tick) = Root::new(poll_fn(|cx| ticks.poll_tick(cx))).poll() {
            taken.push((tick - start).as_millis());
        }
    }
    assert_eq!(taken, [0, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200]);
}

#[test]
fn a_stream_of_due_ticks_lets_others_run() {
    let mock = Mock::new();
    let mut ticks = interval(&mock, MS);
    mock.advance(Duration::from_secs(8 * 3600));
    let due = mock.due();
    due.into_iter().for_each(|sleep| drop(mock.fire(sleep)));
    let mut root = Root::new(async {
        let mut in_a_row = 0;
        loop {
            let tick = poll_fn(|cx| Poll::Ready(ticks.poll_tick(cx))).await;
            if tick.is_pending() {
                return in_a_row;
            }
            in_a_row += 1;
        }
    });
    assert_eq!(root.poll(), Poll::Ready(64));
    assert!(root.is_woken(), "it goes on by itself");
}

#[test]
fn ticks_can_be_put_elsewhere() {
    let mock = Mock::new();
    let start = mock.now();
    let mut ticks = interval(&mock, 10 * MS);
    assert_eq!(due(&mock, &mut ticks, start), [0]);
    ticks.reset_after(3 * MS);
    mock.advance(3 * MS);
    assert_eq!(due(&mock, &mut ticks, start), [3]);
    ticks.reset_at(start + 5 * MS);
    mock.advance(2 * MS);
    assert_eq!(due(&mock, &mut ticks, start), [5]);
    ticks.reset_at(start);
    assert_eq!(
        due(&mock, &mut ticks, start)[0],
        0,
        "what has passed is due"
    );
}

#[test]
fn reset_starts_anew() {
    let mock = Mock::new();
    let start = mock.now();
    let mut ticks = interval_at(&mock, start + 3 * MS, 10 * MS);
    assert_eq!(ticks.period(), 10 * MS);
    assert!(due(&mock, &mut ticks, start).is_empty());
    mock.advance(3 * MS);
    assert_eq!(due(&mock, &mut ticks, start), [3]);
    mock.advance(4 * MS);
    ticks.reset();
    mock.advance(9 * MS);
    assert!(due(&mock, &mut ticks, start).is_empty());
    mock.advance(MS);
    assert_eq!(due(&mock, &mut ticks, start), [17]);
    assert_eq!(mock.live_sleeps(), 1);
    drop(ticks);
    assert_eq!(mock.live_sleeps(), 0);
}

#[test]
fn a_tick_that_nobody_got_is_there_for_the_next_call() {
    let mock = Mock::new();
    let start = mock.now();
    let mut ticks = interval_at(&mock, start + MS, MS);
    let mut cancelled = Root::new(ticks.tick());
    assert!(cancelled.poll().is_pending());
    mock.advance(MS);
    drop(cancelled);
    assert_eq!(due(&mock, &mut ticks, start), [1]);
}

#[test]
fn a_period_for_ever_neither_panics_nor_ticks_twice() {
    for missed_tick in [MissedTick::Burst, MissedTick::Delay, MissedTick::Skip] {
        let mock = Mock::new();
        let start = mock.now();
        let mut ticks = interval(&mock, Duration::MAX).missed_tick(missed_tick);
        mock.advance(9 * MS);
        assert_eq!(due(&mock, &mut ticks, start), [0]);
        mock.advance(Duration::from_secs(1_000_000));
        assert!(due(&mock, &mut ticks, start).is_empty());
    }
}

/// From the first instant that the clock has, a period for ever ends about now, or never.
#[test]
fn a_tick_that_the_clock_can_not_represent_never_comes() {
    let mock = Mock::new();
    let (mut first, mut back) = (mock.now(), Duration::MAX);
    while back > Duration::ZERO {
        first = first.checked_sub(back).unwrap_or(first);
        back /= 2;
    }
    let mut ticks = interval_at(&mock, first, Duration::MAX);
    assert_eq!(due(&mock, &mut ticks, first), [0]);
    mock.advance(Duration::from_secs(1_000_000));
    assert!(due(&mock, &mut ticks, first).is_empty());
}

/// The ticks that are due now, in milliseconds since `start`.
fn due(mock: &Mock, ticks: &mut Interval<Mock>, start: Instant) -> Vec<u128> {
    mock.due()
        .into_iter()
        .for_each(|sleep| drop(mock.fire(sleep)));
    let mut due = Vec::new();
    while let Poll::Ready(tick) = Root::new(poll_fn(|cx| ticks.poll_tick(cx))).poll() {
        due.push((tick - start).as_millis());
    }
    due
}

/// The ticks taken at these times, with a period of 10 ms.
fn seen(missed_tick: MissedTick, times: &[u32]) -> Vec<Vec<u128>> {
    let mock = Mock::new();
    let start = mock.now();
    let mut ticks = interval(&mock, 10 * MS).missed_tick(missed_tick);
    let look = |&time: &u32| {
        mock.advance((start + time * MS) - mock.now());
        due(&mock, &mut ticks, start)
    };
    times.iter().map(look).collect()
}
