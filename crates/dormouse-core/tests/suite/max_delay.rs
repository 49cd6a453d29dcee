//! Which delays are possible, and the messages for those that are not.

use std::cell::Cell;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use dormouse_core::{
    Coalesced, CoalescedWaitN, MaxDelay, MeasureError, TaskWaitN, TooManyWaits, WaitN, task_wait_n,
    wait_n, wait_random,
};
use proptest::prelude::*;

use crate::mock::{Mock, Root, add_hook};

/// The message for a number that is not a delay.
fn refusal(seconds: f64) -> String {
    MaxDelay::try_from(seconds)
        .expect_err("it is no delay")
        .to_string()
}

#[test]
fn what_is_no_delay_is_named() {
    let said = |number: &str| {
        format!("a delay of {number} s is not possible: give seconds from 0 to 18446744073")
    };
    assert_eq!(refusal(f64::NAN), said("NaN"));
    assert_eq!(refusal(-f64::NAN), said("NaN"));
    assert_eq!(refusal(f64::INFINITY), said("inf"));
    assert_eq!(refusal(f64::NEG_INFINITY), said("-inf"));
    assert_eq!(refusal(-0.5), said("-0.5"));
    assert_eq!(refusal(1e300), said("1e300"));
    assert_eq!(refusal(-1e300), said("-1e300"));
    assert_eq!(refusal(18_446_744_074.0), said("18446744074"));
    // Rounds to zero nanoseconds, and is still negative.
    assert_eq!(refusal(-1e-20), said("-1e-20"));
    assert_eq!(
        refusal(-f64::MIN_POSITIVE),
        said("-2.2250738585072014e-308")
    );
}

#[test]
fn what_is_a_delay_is_taken() {
    let nanos = |seconds: f64| MaxDelay::try_from(seconds).map(MaxDelay::as_nanos);
    assert_eq!(nanos(0.0), Ok(0));
    assert_eq!(nanos(-0.0), Ok(0));
    assert_eq!(nanos(f64::MIN_POSITIVE), Ok(0));
    assert_eq!(nanos(1e-9), Ok(1));
    assert_eq!(nanos(0.1), Ok(100_000_000));
    assert_eq!(nanos(0.3), Ok(300_000_000));
    assert_eq!(nanos(10.0), Ok(10_000_000_000));
    // A float of this size is not exact to the nanosecond.
    assert_eq!(nanos(18_446_744_073.0), Ok(18_446_744_072_999_999_488));
}

#[test]
fn durations_and_whole_seconds_saturate() {
    assert_eq!(MaxDelay::from(Duration::MAX), MaxDelay::MAX);
    assert_eq!(MaxDelay::from(u64::MAX), MaxDelay::MAX);
    assert_eq!(
        MaxDelay::from(18_446_744_073).as_nanos(),
        18_446_744_073_000_000_000
    );
    assert_eq!(MaxDelay::from(18_446_744_074), MaxDelay::MAX);
    assert_eq!(
        MaxDelay::from(Duration::from_nanos(u64::MAX)),
        MaxDelay::MAX
    );
    assert_eq!(MaxDelay::from(Duration::ZERO).as_secs_f64(), 0.0);
    assert_eq!(MaxDelay::default().as_secs_f64(), 10.0);
}

#[test]
fn a_literal_is_whole_seconds() {
    let mock = Mock::new();
    let delay = Root::new(wait_random(&mock, 5)).finish(&mock);
    assert!((0.0..=5.0).contains(&delay));
    let delays = Root::new(wait_n(&mock, 3, MaxDelay::default())).finish(&mock);
    assert!(delays.iter().all(|delay| (0.0..=10.0).contains(delay)));
}

#[test]
fn the_longest_delay_neither_panics_nor_ends() {
    let mock = Mock::new();
    assert!(
        Root::new(wait_n(&mock, 10, Duration::MAX))
            .poll()
            .is_pending()
    );
    assert!(
        Root::new(wait_random(&mock, Duration::MAX))
            .poll()
            .is_pending()
    );
    let sleeper = Coalesced::new(mock.clone());
    assert!(
        Root::new(sleeper.wait_n(10, Duration::MAX))
            .poll()
            .is_pending()
    );
    drop(sleeper);
    assert_eq!(mock.live_sleeps(), 0);
}

#[test]
fn more_waits_than_memory_is_an_error_that_names_them() {
    let mock = Mock::new();
    let sleeper = Coalesced::new(mock.clone());
    for n in [usize::MAX, usize::MAX / 8, u32::MAX as usize + 1] {
        let said = format!("there is not enough memory for {n} waits at once: ask for fewer");
        let error: TooManyWaits = WaitN::try_new(&mock, n, 1, None).expect_err("too many");
        assert_eq!(error.to_string(), said);
        assert_eq!(
            TaskWaitN::try_new(&mock, n, 1, Some(1)).expect_err("too many"),
            error
        );
        let coalesced = CoalescedWaitN::try_new(&sleeper, n, 1, None);
        assert_eq!(coalesced.expect_err("too many"), error);
        assert_eq!(MeasureError::from(error).to_string(), said);
    }
    assert_eq!((mock.live_sleeps(), mock.live_tasks()), (0, 0));
}

#[test]
fn more_waits_than_memory_panic_at_the_callers_line() {
    thread_local!(static FILE: Cell<Option<String>> = const { Cell::new(None) });
    add_hook(|info| {
        let file = info.location().map(|place| place.file().to_owned());
        _ = FILE.try_with(|last| last.set(file));
        true
    });
    let sleeper = Coalesced::new(Mock::new());
    let calls: [&dyn Fn(); 3] = [
        &|| drop(wait_n(&Mock::new(), usize::MAX, 1)),
        &|| drop(task_wait_n(&Mock::new(), usize::MAX, 1)),
        &|| drop(sleeper.wait_n(usize::MAX, 1)),
    ];
    for call in calls {
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
        assert_eq!(FILE.take().as_deref(), Some(file!()));
    }
}

#[test]
fn errors_say_what_to_do() {
    let none = MeasureError::NoWaits.to_string();
    assert_eq!(none, "0 waits have no time per wait: ask for at least 1");
}

#[test]
fn equal_delays_are_equal_keys() {
    let quarter = MaxDelay::try_from(0.25).expect("a delay");
    let other = MaxDelay::from(Duration::from_millis(250));
    assert!(quarter == other && HashSet::from([quarter]).contains(&other));
    assert!(quarter < MaxDelay::from(1));
}

proptest! {
    #[test]
    fn never_longer_than_asked_for(seconds in prop_oneof![
        any::<f64>(),
        0.0..1e-6_f64,
        0.0..100.0_f64,
        0.0..18_446_744_073.0_f64,
        (0..10_000_000_000_u64).prop_map(|nanos| nanos as f64 / 1e9),
    ]) {
        match MaxDelay::try_from(seconds) {
            Ok(delay) => {
                prop_assert!(delay.as_secs_f64() <= seconds);
                // At most a nanosecond shorter, or the rounding error of a float of this size.
                let short = seconds - delay.as_secs_f64();
                prop_assert!(short <= 1e-9 + seconds * f64::EPSILON, "{short} s short");
            }
            Err(_) => prop_assert!(!(0.0..18_446_744_073.0).contains(&seconds)),
        }
    }

    #[test]
    fn nanoseconds_survive(nanos in 0..1_u64 << 53) {
        let duration = Duration::from_nanos(nanos);
        let delay = MaxDelay::from(duration);
        prop_assert_eq!(delay.as_nanos(), nanos);
        prop_assert_eq!(Duration::from(delay), duration);
    }

    #[test]
    fn fractions_of_seconds_survive(nanos in 0..10_000_000_000_u64) {
        let delay = MaxDelay::from(Duration::from_nanos(nanos));
        prop_assert_eq!(MaxDelay::try_from(delay.as_secs_f64()), Ok(delay));
    }

    #[test]
    fn the_order_survives_the_conversion(one in any::<u64>(), step in 0..5_000_u64) {
        let nanos = |nanos| MaxDelay::from(Duration::from_nanos(nanos));
        let (one, other) = (nanos(one), nanos(one.saturating_add(step)));
        prop_assert!(one <= other);
        prop_assert!(one.as_secs_f64() <= other.as_secs_f64());
    }
}
