//! What is allocated, and that all of it is freed.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use dormouse_core::{Coalesced, Sleeper, task_wait_n_with, wait_n_with};
use futures::StreamExt;
use futures::stream::FuturesUnordered;

use crate::minimal_runtime::MinimalRuntime;

mod join_set;
mod minimal_runtime;

const MAX_DELAY: Duration = Duration::from_nanos(1_000);

/// Polls until nothing more happens at this time.
fn poll_some(mut future: Pin<&mut impl Future>) {
    for _ in 0..100 {
        let poll = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        assert!(poll.is_pending());
    }
}

fn assert_given_back(info: &AllocationInfo) {
    assert!(info.count_total > 0, "it is counted");
    assert_eq!((info.count_current, info.bytes_current), (0, 0), "{info:?}");
}

#[test]
fn wait_n_dropped_half_way_gives_all_back() {
    for n in [1, 10, 1_000] {
        let runtime = MinimalRuntime::new();
        assert_given_back(&measure(|| {
            let mut waits = Box::pin(wait_n_with(&runtime, n, MAX_DELAY, 5));
            poll_some(waits.as_mut());
            runtime.half_way();
            let mut waits = Pin::into_inner(waits).into_stream();
            let mut next = || waits.poll_next_unpin(&mut Context::from_waker(Waker::noop()));
            while let Poll::Ready(Some(_)) = next() {}
        }));
    }
}

#[test]
fn task_wait_n_dropped_half_way_gives_all_back() {
    for (n, seed) in [(1, 1), (1, 5), (10, 1), (10, 2), (1_000, 1), (1_000, 2)] {
        let runtime = MinimalRuntime::new();
        runtime.tasks.lock().unwrap().reserve(n);
        assert_given_back(&measure(|| {
            let mut waits = Box::pin(task_wait_n_with(&runtime, n, MAX_DELAY, seed));
            runtime.run();
            runtime.half_way();
            runtime.run();
            // Twice, so that the handles of ended tasks are dropped, too.
            for _ in 0..2 {
                let _ = waits.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            }
            drop(waits);
            runtime.run();
        }));
    }
}

/// Polls this many sleeps, lets half of them end, and drops all.
fn sleep_half_way(sleeper: &Coalesced<MinimalRuntime>, runtime: &MinimalRuntime, sleeps: u64) {
    let now = sleeper.now();
    let mut sleeps: Vec<_> = (0..sleeps)
        .map(|number| Box::pin(sleeper.sleep_until(now + Duration::from_nanos(1 + number))))
        .collect();
    let mut cx = Context::from_waker(Waker::noop());
    sleeps
        .iter_mut()
        .for_each(|sleep| assert!(sleep.as_mut().poll(&mut cx).is_pending()));
    runtime
        .time
        .fetch_add(sleeps.len() as u64 / 2, Ordering::Relaxed);
    runtime.run();
    for sleep in &mut sleeps {
        let _ = sleep.as_mut().poll(&mut cx);
    }
}

#[test]
fn coalesced_sleeps_dropped_half_way_give_all_back() {
    for sleeps in [1, 10, 1_000, 10_000] {
        let runtime = MinimalRuntime::new();
        runtime.tasks.lock().unwrap().reserve(1);
        assert_given_back(&measure(|| {
            let sleeper = Coalesced::new(runtime.clone());
            sleep_half_way(&sleeper, &runtime, sleeps);
            drop(sleeper);
            runtime.run();
        }));
    }
}

#[test]
fn coalesced_sleeps_that_come_and_go_take_no_more() {
    let runtime = MinimalRuntime::new();
    let sleeper = Coalesced::new(runtime.clone());
    let rounds = |rounds| {
        (0..rounds).for_each(|_| sleep_half_way(&sleeper, &runtime, 1_000));
    };
    rounds(10);
    let info = measure(|| rounds(100));
    // The queue keeps room for this many sleeps.
    assert!(info.bytes_current <= 64 * 1_000, "{info:?}");
}

#[test]
fn coalesced_sleeps_cancelled_at_once_leave_nothing_behind() {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let runtime = MinimalRuntime::new();
    let sleeper = Coalesced::new(runtime.clone());
    let mut cx = Context::from_waker(Waker::noop());
    let mut cancel = |millions: u64| {
        for number in 0..millions * 1_000_000 {
            let mut sleep = pin!(sleeper.sleep(DAY + Duration::from_nanos(number)));
            assert!(sleep.as_mut().poll(&mut cx).is_pending());
            // The clock advances as if a million were made per second.
            runtime.time.fetch_add(1_000, Ordering::Relaxed);
        }
        runtime.run();
    };
    let first = measure(|| cancel(1));
    assert!(first.bytes_max <= 64 * 1024, "{first:?}");
    let more = measure(|| cancel(4));
    assert!(more.bytes_current <= 0, "{more:?}");
}

#[test]
fn a_crowd_of_coalesced_sleeps_takes_its_memory_along() {
    let runtime = MinimalRuntime::new();
    let sleeper = Coalesced::new(runtime.clone());
    let info = measure(|| {
        let mut cx = Context::from_waker(Waker::noop());
        let mut sleeps: Vec<_> = (0..100_000)
            .map(|number| sleeper.sleep(Duration::from_secs(10) + Duration::from_micros(number)))
            .collect();
        for sleep in &mut sleeps {
            assert!(Pin::new(sleep).poll(&mut cx).is_pending());
        }
    });
    assert!(info.bytes_max <= (64 + 40) * 100_000, "{info:?}");
    assert!(info.bytes_current <= 64 * 1024, "{info:?}");
}

#[test]
fn coalesced_wait_n_dropped_half_way_gives_all_back() {
    let runtime = MinimalRuntime::new();
    let sleeper = Coalesced::new(runtime.clone());
    assert_given_back(&measure(|| {
        let mut waits = pin!(sleeper.wait_n_with(1_000, MAX_DELAY, 5));
        poll_some(waits.as_mut());
        runtime.half_way();
        poll_some(waits.as_mut());
    }));
}

#[test]
fn ten_waits_allocate_no_more_than_the_usual_idiom() {
    let runtime = MinimalRuntime::new();
    let run = |future: &mut dyn FnMut()| measure(future).count_total;
    let ours = run(&mut || poll_some(pin!(wait_n_with(&runtime, 10, MAX_DELAY, 5))));
    let usual = run(&mut || {
        let delays = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(Duration::from_nanos);
        let sleeps: FuturesUnordered<_> = delays
            .map(|delay| runtime.sleep(delay))
            .into_iter()
            .collect();
        poll_some(pin!(sleeps.collect::<Vec<_>>()));
    });
    assert!(ours <= usual, "{ours} allocations, and {usual} usually");
}
