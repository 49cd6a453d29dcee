//! Ticks of no period, and ticks on a coarse timer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use dormouse::{
    BlockOn, Coalesced, MissedTick, Sleeper, Spawner, Task, Virtual, VirtualHandle, interval,
};

use crate::cases_everywhere;
use crate::child::{self, Owner};

cases_everywhere! {
    an_interval_of_no_time
}

fn an_interval_of_no_time(rt: impl Owner) {
    let refused = |make: &dyn Fn()| {
        let payload = catch_unwind(AssertUnwindSafe(make)).unwrap_err();
        let text = payload.downcast_ref::<&str>().unwrap();
        assert!(text.contains("the period of an interval is zero"), "{text}");
    };
    rt.block_on(async {
        refused(&|| drop(interval(&rt.to_handle(), Duration::ZERO)));
        let now = rt.now();
        refused(&|| drop(dormouse::interval_at(&rt.to_handle(), now, Duration::ZERO)));
    });
}

/// A timer with a step of 50 ms makes no tick late, so none moves. The clock is virtual: on a busy
/// machine, the code that takes the ticks could be late itself.
#[test]
fn ticks_do_not_drift_on_a_coarse_timer() {
    const STEP: Duration = Duration::from_millis(50);

    #[derive(Clone)]
    struct Coarse(VirtualHandle, Instant);

    impl Sleeper for Coarse {
        type Sleep = <VirtualHandle as Sleeper>::Sleep;

        fn now(&self) -> Instant {
            self.0.now()
        }

        fn timer_step(&self) -> Duration {
            STEP
        }

        fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
            let left = deadline.saturating_duration_since(self.now());
            if left.is_zero() {
                return self.0.sleep(left);
            }
            let end = deadline.saturating_duration_since(self.1);
            let steps = end.as_nanos().div_ceil(STEP.as_nanos()) as u32;
            self.0.sleep_until(self.1 + STEP * steps)
        }
    }

    let name = concat!(module_path!(), "::ticks_do_not_drift_on_a_coarse_timer");
    child::run(name, || {
        let runtime = Virtual::new();
        let coarse = Coarse(runtime.handle(), runtime.now());
        let period = Duration::from_millis(20);
        let mut ticks = interval(&coarse, period).missed_tick(MissedTick::Delay);
        let first = runtime.block_on(ticks.tick());
        for number in 1..=15 {
            assert_eq!(runtime.block_on(ticks.tick()), first + period * number);
        }
        // The case as written: a slack, with sleeps dense enough to make use of it.
        let slack = Coalesced::with_slack(runtime.handle(), STEP);
        for number in 0..200 {
            let sleep = slack.sleep(Duration::from_millis(2) * number);
            runtime.spawn(sleep).detach();
        }
        let mut ticks = interval(&slack, period).missed_tick(MissedTick::Delay);
        let first = runtime.block_on(ticks.tick());
        for number in 1..=15 {
            assert_eq!(runtime.block_on(ticks.tick()), first + period * number);
        }
    });
}
