//! What stands on a sleeper that panics, whichever of its calls that is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use dormouse_core::{Coalesced, Sleeper, interval};

use crate::mock::{Mock, MockSleep, Root};

/// A mock whose call of this number panics; 0 is none.
struct Faulty {
    mock: Mock,
    calls_left: Arc<AtomicUsize>,
}

impl Faulty {
    fn call(&self) {
        let left = self.calls_left.load(SeqCst);
        self.calls_left.store(left.saturating_sub(1), SeqCst);
        assert_ne!(left, 1, "the sleeper was to panic");
    }
}

impl Clone for Faulty {
    fn clone(&self) -> Self {
        self.call();
        Self {
            mock: self.mock.clone(),
            calls_left: Arc::clone(&self.calls_left),
        }
    }
}

impl Sleeper for Faulty {
    type Sleep = MockSleep;

    fn now(&self) -> Instant {
        self.call();
        self.mock.now()
    }

    fn sleep_until(&self, deadline: Instant) -> MockSleep {
        self.call();
        self.mock.sleep_until(deadline)
    }
}

dormouse_core::__forward! { Spawner [] Faulty, |this| &this.mock, Mock }

#[test]
fn a_panic_of_the_sleeper_leaves_no_sleep_without_a_driver() {
    const SHORT: Duration = Duration::from_millis(10);
    for call in 1..=12 {
        let calls_left = Arc::new(AtomicUsize::new(0));
        let mock = Mock::new();
        // Ahead of the system's clock: if it came near, it would be taken for that.
        mock.advance(Duration::from_secs(3_600));
        let sleeper = Coalesced::new(Faulty {
            mock: mock.clone(),
            calls_left: Arc::clone(&calls_left),
        });
        let mut sleep = Root::new(sleeper.sleep(SHORT));
        let mut later = Root::new(sleeper.sleep(2 * SHORT));
        calls_left.store(call, SeqCst);
        let panicked = catch_unwind(AssertUnwindSafe(|| sleep.poll())).is_err();
        mock.run_all();
        calls_left.store(0, SeqCst);
        println!("call {call}: panicked in the poll: {panicked}");
        // Whoever polled it may have caught that, and polls again.
        sleep.wake();
        sleep.finish(&mock);
        later.finish(&mock);
    }
}

#[test]
fn an_interval_whose_reset_panics_ticks_at_its_former_time() {
    const HOUR: Duration = Duration::from_secs(3_600);
    let (calls_left, mock) = (Arc::new(AtomicUsize::new(0)), Mock::new());
    let faulty = Faulty {
        mock: mock.clone(),
        calls_left: Arc::clone(&calls_left),
    };
    let mut ticks = interval(&faulty, HOUR);
    calls_left.store(1, SeqCst);
    let reset = AssertUnwindSafe(|| ticks.reset_at(mock.start() + HOUR));
    assert!(catch_unwind(reset).is_err());
    assert_eq!(Root::new(ticks.tick()).finish(&mock), mock.start());
}
