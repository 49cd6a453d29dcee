//! The floor: the best that one thread can do, without a runtime.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::thread;
use std::time::{Duration, Instant};

use crate::measure::by_hand;
use crate::recorder;
use crate::runner::{Place, Runner};
use crate::workload::{Setup, Workload};

/// The row of the floor.
pub(crate) fn runner<W: Workload + 'static>() -> Runner<W> {
    let run = |workload: &W, setup: &Setup| {
        sharpen();
        let mut figures = by_hand(workload, setup, true, || wait(setup.delays()))?;
        let is_usage = |key: &str| key.contains("cpu_") || key.ends_with("_switches");
        figures.values.retain(|key, _| !is_usage(key));
        Ok(figures)
    };
    Runner {
        place: Place::Floor,
        ..Runner::new("floor", "std", |_| 1, run)
    }
}

/// Waits until each deadline in turn, and returns the delays.
///
/// It sleeps until shortly before the deadline and spins from there, because a runtime that spins
/// was earlier than a thread that only slept. So its CPU time is no lower bound, and its row has none.
fn wait(delays: impl Iterator<Item = Duration>) -> Vec<f64> {
    let start = Instant::now();
    recorder::waits_begin(start);
    let mut delays: BinaryHeap<Reverse<Duration>> = delays.map(Reverse).collect();
    let mut ended = Vec::with_capacity(delays.len());
    while let Some(Reverse(delay)) = delays.pop() {
        let deadline = start + delay;
        while let Some(left) = deadline
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())
        {
            match left.checked_sub(SPIN) {
                Some(long) if !long.is_zero() => thread::sleep(long),
                _ => std::hint::spin_loop(),
            }
        }
        recorder::record(recorder::nanos(deadline));
        ended.push(delay.as_secs_f64());
    }
    ended
}

/// More than the 15 to 60 µs by which a sleeping thread was measured to wake late.
const SPIN: Duration = Duration::from_micros(100);

/// Sets this thread's timer slack to 1 ns: by default, Linux delays its timers by up to 50 µs.
///
/// The reactors of runtimes use a kind of timer without slack, so with the default the floor was
/// later than they are.
fn sharpen() {
    #[cfg(target_os = "linux")]
    {
        // If this fails, the floor is later than it could be; the report has the timer slack.
        let _ = nix::sys::prctl::set_timerslack(1);
    }
}
