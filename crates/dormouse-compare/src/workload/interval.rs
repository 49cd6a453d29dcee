//! n tickers with one period.

use std::time::Duration;

use dormouse::{Sleeper, interval_at};

use crate::figures::{Figure, Unit};
use crate::workload::tasks::{join, on_tasks};
use crate::workload::{About, Done, Setup};

/// The number of ticks of each ticker after its first one.
const TICKS: u32 = 8;

pub(super) fn about(about: About) -> About {
    about
        .title("tickers of one period")
        .counting("tickers")
        .ranks("jitter_p99_s", "jitter p99", "ticks the most evenly")
        .figure(Figure::new("jitter_p50_s", "jitter p50", Unit::Seconds))
        .ranks("drift_s", "drift", "drifts the least")
        // Tickers wait for their ticks, so the time per tick says nothing.
        .change("per_tick_s", |figure| figure.concern = None)
}

pub(super) fn operations(setup: &Setup) -> u64 {
    setup.n as u64 * u64::from(TICKS + 1)
}

on_tasks! {
    |runtime, setup| {
        let start = runtime.now();
        // Each ticker begins at a random time in the first period.
        let tickers = setup.delays()
            .map(|phase| runtime.start(tick(runtime.clone(), start + phase, setup.clone())));
        let drifts = join(tickers.collect()).await?;
        let drift = drifts.iter().sum::<f64>() / drifts.len().max(1) as f64;
        Ok(Done::new(operations(setup))
            .timing("jitter")
            .figure("drift_s", drift))
    }
}

/// Runs a ticker, records how far each gap is from the period, and returns the drift in seconds: how
/// far the time from the first tick to the last is from that many periods.
///
/// The drift is absolute, because a first tick that is later than the last one is no advantage.
async fn tick<S: Sleeper + Clone>(runtime: S, start: dormouse::Instant, setup: Setup) -> f64 {
    let period = period(&setup);
    let mut interval = interval_at(&runtime, start, period);
    interval.tick().await;
    let first = runtime.now();
    let mut last = first;
    for _ in 0..TICKS {
        interval.tick().await;
        let now = runtime.now();
        let stray = (now - last).abs_diff(period);
        setup.record(first, first + stray);
        last = now;
    }
    (last - first).abs_diff(period * TICKS).as_secs_f64()
}

/// The time from the start to the last tick of a ticker that begins late in the first period.
pub(super) fn waits_for(setup: &Setup) -> Duration {
    setup
        .max_delay
        .saturating_add(period(setup).saturating_mul(TICKS))
}

fn period(setup: &Setup) -> Duration {
    setup.max_delay.max(Duration::from_millis(1))
}
