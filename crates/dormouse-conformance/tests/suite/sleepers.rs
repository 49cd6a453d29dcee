//! Sleepers that are broken in one way each, over one that is not.

use std::future::{Future, pending, poll_fn, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Sleeper, Spawner};
use dormouse_smol::{SmolExecutor, SmolTask};

use crate::caught::only;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    Early,
    Serial,
    Lazy,
    DeafToANewWaker,
    PanicsOnMax,
    FiresOnFar,
    WakesAfterDrop,
    ClockOfItsOwn,
    ClockGoesBack,
    NoEndInThePast,
    NoEndOfZero,
    FullAtFiveThousand,
    ThreadBound,
}

#[derive(Clone)]
pub(crate) struct BadSleeper {
    runtime: SmolExecutor,
    fault: Fault,
    last: Arc<Mutex<Instant>>,
    readings: Arc<AtomicUsize>,
    alive: Arc<()>,
}

impl BadSleeper {
    pub(crate) fn new(fault: Fault) -> Self {
        let last = Arc::new(Mutex::new(Instant::now()));
        Self {
            runtime: SmolExecutor::new(2),
            fault,
            last,
            readings: Arc::default(),
            alive: Arc::default(),
        }
    }

    fn right(&self, deadline: Instant) -> impl Future<Output = ()> + Send + use<> {
        self.runtime.sleep_until(deadline)
    }
}

type BadSleep = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Sleeper for BadSleeper {
    type Sleep = BadSleep;

    fn now(&self) -> Instant {
        let reading = self.readings.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        match self.fault {
            Fault::ClockOfItsOwn => now + Duration::from_secs(3600),
            // Late enough that the other cases do not come to it.
            Fault::ClockGoesBack if reading > 1_500 && reading % 100 == 0 => {
                now - Duration::from_millis(5)
            }
            _ => now,
        }
    }

    fn sleep_until(&self, deadline: Instant) -> BadSleep {
        let now = Instant::now();
        let duration = deadline.saturating_duration_since(now);
        match self.fault {
            Fault::Early => Box::pin(self.right(deadline - Duration::from_millis(2))),
            // Long ones apart: they would end with the test at best.
            Fault::Serial if duration < Duration::from_millis(500) => {
                let mut last = self.last.lock().unwrap();
                *last = now.max(*last) + duration;
                Box::pin(self.right(*last))
            }
            Fault::Lazy => {
                let sleeper = self.clone();
                Box::pin(async move { sleeper.runtime.sleep(duration).await })
            }
            Fault::DeafToANewWaker => {
                let (mut sleep, mut first) = (Box::pin(self.right(deadline)), None);
                Box::pin(poll_fn(move |cx| {
                    let first: &Waker = first.get_or_insert_with(|| cx.waker().clone());
                    sleep.as_mut().poll(&mut Context::from_waker(first))
                }))
            }
            Fault::FiresOnFar if duration > Duration::from_secs(1 << 36) => Box::pin(ready(())),
            Fault::WakesAfterDrop => {
                let (sleeper, mut sleep, mut armed) =
                    (self.clone(), Box::pin(self.right(deadline)), false);
                Box::pin(poll_fn(move |cx| {
                    if !std::mem::replace(&mut armed, true) {
                        let (sleep, waker) = (sleeper.right(deadline), cx.waker().clone());
                        drop(sleeper.runtime.spawn(async {
                            sleep.await;
                            waker.wake();
                        }));
                    }
                    sleep.as_mut().poll(cx)
                }))
            }
            Fault::NoEndInThePast
                if now.saturating_duration_since(deadline) > Duration::from_secs(1) =>
            {
                Box::pin(pending())
            }
            Fault::FullAtFiveThousand => {
                let (sleep, alive) = (self.right(deadline), Arc::clone(&self.alive));
                Box::pin(async move {
                    if Arc::strong_count(&alive) > 5_000 {
                        pending::<()>().await;
                    }
                    sleep.await;
                })
            }
            Fault::ThreadBound => {
                let (mut sleep, thread) = (Box::pin(self.right(deadline)), thread::current().id());
                Box::pin(poll_fn(move |cx| {
                    assert!(
                        thread == thread::current().id(),
                        "polled on a foreign thread"
                    );
                    sleep.as_mut().poll(cx)
                }))
            }
            _ => Box::pin(self.right(deadline)),
        }
    }

    fn sleep(&self, duration: Duration) -> BadSleep {
        match self.fault {
            Fault::PanicsOnMax => self.sleep_until(Instant::now() + duration),
            Fault::NoEndOfZero if duration.is_zero() => Box::pin(pending()),
            Fault::ClockOfItsOwn => Box::pin(self.runtime.sleep(duration)),
            _ => {
                let far = Duration::from_secs(1 << 40);
                self.sleep_until(
                    self.now()
                        .checked_add(duration)
                        .unwrap_or_else(|| Instant::now() + far),
                )
            }
        }
    }
}

impl Spawner for BadSleeper {
    type Task<T: Send + 'static> = SmolTask<T>;

    fn spawn<F>(&self, future: F) -> SmolTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.runtime.spawn(future)
    }
}

impl BlockOn for BadSleeper {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

/// A test for each fault: who catches it, of the cases on sleepers, and in which words.
macro_rules! caught {
    ($($test:ident: $fault:ident by [$($name:ident),*] $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let make = || BadSleeper::new(Fault::$fault);
            only(make, &["sleeper", "deadline", "waking"], &[$(stringify!($name)),*], $words);
        }
    )*};
}

caught! {
    a_right_one_passes: None by [] "";
    an_early_one: Early by [sleep_is_never_early, many_sleeps_are_never_early, now_and_sleep_until_share_a_clock]
        "a sleep never ends before its deadline";
    a_serial_one: Serial by [sleeps_run_at_once, ten_thousand_sleeps_end] "sleeps run at once";
    a_lazy_one: Lazy by [sleep_counts_from_the_call] "a sleep counts from the call";
    a_deaf_one: DeafToANewWaker by [sleep_wakes_the_latest_waker] "a sleep wakes the latest waker";
    one_that_panics_on_max: PanicsOnMax by [a_far_deadline_neither_panics_nor_fires]
        "a far deadline neither panics nor fires: `sleep(18446744073709551615.999999999s)` panicked: overflow";
    one_that_fires_on_far_deadlines: FiresOnFar by [a_far_deadline_neither_panics_nor_fires]
        "a far deadline neither panics nor fires";
    one_that_wakes_after_its_drop: WakesAfterDrop by [dropping_a_sleep_cancels_it]
        "dropping a sleep cancels it";
    // Whoever sleeps until a deadline made of `now`, sleeps for an hour: most say so by hanging.
    a_clock_of_its_own: ClockOfItsOwn by [
        now_and_sleep_until_share_a_clock, sleep_is_never_early, many_sleeps_are_never_early,
        sleep_counts_from_the_call, a_past_deadline_ends_at_once, a_zero_sleep_ends, dropping_a_sleep_cancels_it, ten_thousand_sleeps_end
    ] "now and sleep_until share a clock";
    a_clock_that_goes_back: ClockGoesBack by [now_never_goes_back] "now never goes back";
    one_that_misses_the_past: NoEndInThePast by [a_past_deadline_ends_at_once]
        "a past deadline ends at once";
    one_that_misses_zero: NoEndOfZero by [a_zero_sleep_ends, sleep_is_never_early] "a zero sleep ends";
    one_for_five_thousand_sleeps: FullAtFiveThousand by [ten_thousand_sleeps_end]
        "ten thousand sleeps end";
    one_bound_to_its_thread: ThreadBound by [
        a_sleep_can_be_polled_on_another_thread, a_sleep_can_end_on_another_thread,
        outside_of_a_context_it_works_or_says_what_to_do
    ] "a sleep can be polled on another thread: it panicked: polled on a foreign thread";
}
