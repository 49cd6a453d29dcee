//! Time goes on whatever a task does: cases A1, A10, A11, A16, A27 and A28, and variants of them.

use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{
    BlockOn, Coalesced, JoinSet, MissedTick, Sleeper, Spawner, Task, Virtual, VirtualHandle,
    abortable, interval, timeout, timeout_at, wait_n,
};
use tokio::sync::mpsc;
use tokio::task::coop::consume_budget;

use crate::child::Owner;

#[path = "harness/child.rs"]
mod child;

cases_everywhere! {
    a1_a_timeout_around_a_loop_that_yields
    a11_an_interval_of_no_time
    a28_a_sleep_whose_deadline_has_passed
    a28_a_sleep_that_is_polled_again_after_its_deadline
    a28_a_sleep_that_is_polled_elsewhere
    a28_a_sleep_that_is_polled_after_its_end
}

cases! { {
    tokio: dormouse::TokioRuntime::multi_thread(2),
    tokio_one_worker: dormouse::TokioRuntime::multi_thread(1),
    tokio_current_thread: dormouse::TokioRuntime::current_thread(),
    any_tokio: dormouse::AnyRuntime::new(dormouse::TokioRuntime::multi_thread(2)),
}
    a1_a_timeout_around_a_loop_that_spends_its_budget
    a1_a_timeout_around_a_channel_that_is_always_ready
    a1_all_that_waits_beside_a_loop_that_spends_the_budget
    a1_a_sleep_in_a_poll_that_has_spent_its_budget
    a1_tasks_that_are_left_in_a_poll_that_has_spent_its_budget
    a1_a_set_that_is_emptied_in_one_poll
}

cases! { {
    tokio: dormouse::TokioRuntime::multi_thread(2),
    smol: dormouse::SmolExecutor::new(2),
    async_std: dormouse::AsyncStd,
    futures: dormouse::FuturesPool::new(2),
    threads: dormouse::Threads,
}
    a10_a_ticker_beside_two_tasks_that_compute
}

cases! { {
    one_thread: dormouse::FuturesPool::new(1),
}
    a27_others_run_beside_a_task_that_yields
}

fn a1_a_timeout_around_a_loop_that_spends_its_budget(rt: impl Owner) {
    let limit = Duration::from_millis(100);
    let busy = || async {
        loop {
            consume_budget().await;
        }
    };
    in_time(limit, || {
        let result = rt.block_on(timeout(&rt, limit, busy()));
        let result: Result<(), _> = result;
        assert!(result.is_err());
    });
    // In a task, and with a deadline.
    in_time(limit, || {
        let task = rt.spawn(timeout_at(&rt, rt.now() + limit, busy()));
        assert!(rt.block_on(task).unwrap().is_err());
    });
}

fn a1_a_timeout_around_a_channel_that_is_always_ready(rt: impl Owner) {
    let limit = Duration::from_millis(100);
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let echo = async move {
        loop {
            sender.send(()).unwrap();
            receiver.recv().await.unwrap();
        }
    };
    in_time(limit, || {
        let result: Result<(), _> = rt.block_on(timeout(&rt, limit, echo));
        assert!(result.is_err());
    });
}

/// An interval, a list of waits and tasks that wait all make progress.
fn a1_all_that_waits_beside_a_loop_that_spends_the_budget(rt: impl Owner) {
    rt.block_on(async {
        let busy = async {
            loop {
                consume_budget().await;
            }
        };
        let waits = async {
            let mut ticks = interval(&rt, Duration::from_millis(5));
            for _ in 0..5 {
                ticks.tick().await;
            }
            assert_eq!(wait_n(&rt, 100, Duration::from_millis(20)).await.len(), 100);
            let tasks = dormouse::task_wait_n(&rt, 100, Duration::from_millis(20));
            assert_eq!(tasks.await.len(), 100);
        };
        let mut busy = pin!(busy);
        let mut waits = pin!(waits);
        poll_fn(|cx| {
            let _: Poll<()> = busy.as_mut().poll(cx);
            waits.as_mut().poll(cx)
        })
        .await;
    });
}

fn a1_a_sleep_in_a_poll_that_has_spent_its_budget(rt: impl Owner) {
    rt.block_on(async {
        let mut sleep = pin!(rt.sleep(Duration::from_millis(5)));
        thread::sleep(Duration::from_millis(10));
        poll_fn(|cx| {
            for _ in 0..1_000 {
                let _ = pin!(consume_budget()).poll(cx);
            }
            assert!(sleep.as_mut().poll(cx).is_ready());
            Poll::Ready(())
        })
        .await;
    });
}

/// A loop that is always ready and yields behaves the same on every runtime.
fn a1_a_timeout_around_a_loop_that_yields(rt: impl Owner) {
    let limit = Duration::from_millis(50);
    let handle = rt.to_handle();
    let busy = async move {
        loop {
            handle.yield_now().await;
        }
    };
    in_time(limit, || {
        let result: Result<(), _> = rt.block_on(timeout(&rt, limit, busy));
        assert!(result.is_err());
    });
}

fn a10_a_ticker_beside_two_tasks_that_compute(rt: impl Owner) {
    let lateness = || {
        let stop = Arc::new(AtomicBool::new(false));
        let computing: Vec<_> = (0..2)
            .map(|_| {
                let (handle, stop) = (rt.to_handle(), Arc::clone(&stop));
                rt.spawn(async move {
                    while !stop.load(Relaxed) {
                        let start = Instant::now();
                        while start.elapsed() < Duration::from_millis(10) {}
                        handle.yield_now().await;
                    }
                })
            })
            .collect();
        let worst = Arc::new(AtomicU64::new(0));
        let (handle, seen) = (rt.to_handle(), Arc::clone(&worst));
        let ticker = rt.spawn(async move {
            for _ in 0..40 {
                let deadline = handle.now() + Duration::from_millis(5);
                handle.sleep_until(deadline).await;
                let late = handle.now() - deadline;
                seen.fetch_max(late.as_millis() as u64, Relaxed);
            }
        });
        rt.block_on(ticker).unwrap();
        stop.store(true, Relaxed);
        for task in computing {
            rt.block_on(task).unwrap();
        }
        worst.load(Relaxed)
    };
    // Some 10 ms; a busy machine adds to that, but not five times in a row.
    let best = (0..5).map(|_| lateness()).min().unwrap();
    assert!(best < 150, "a tick is late by {best} ms");
}

fn a11_an_interval_of_no_time(rt: impl Owner) {
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
fn a16_ticks_do_not_drift_on_a_coarse_timer() {
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

    let name = concat!(module_path!(), "::a16_ticks_do_not_drift_on_a_coarse_timer");
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

fn a27_others_run_beside_a_task_that_yields(rt: impl Owner) {
    let handle = rt.to_handle();
    let mut busy = rt.spawn(async move {
        loop {
            handle.yield_now().await;
        }
    });
    assert_eq!(rt.block_on(rt.spawn(async { 1 })).unwrap(), 1);
    busy.abort();
    let result: Result<(), _> = rt.block_on(busy);
    assert!(result.unwrap_err().is_cancelled());
}

fn a28_a_sleep_whose_deadline_has_passed(rt: impl Owner) {
    rt.block_on(async {
        let now = rt.now();
        let waited = rt.sleep(Duration::from_millis(2));
        thread::sleep(Duration::from_millis(5));
        for sleep in [rt.sleep_until(now), rt.sleep(Duration::ZERO), waited] {
            let mut cx = Context::from_waker(Waker::noop());
            assert!(pin!(sleep).poll(&mut cx).is_ready());
        }
    });
}

fn a28_a_sleep_that_is_polled_again_after_its_deadline(rt: impl Owner) {
    rt.block_on(async {
        let mut sleep = pin!(rt.sleep(Duration::from_millis(5)));
        poll_fn(|cx| {
            assert!(sleep.as_mut().poll(cx).is_pending());
            thread::sleep(Duration::from_millis(10));
            // Ready in this very poll, whatever drives the timer.
            assert!(sleep.as_mut().poll(cx).is_ready());
            Poll::Ready(())
        })
        .await;
        // Another sleep keeps waiting.
        assert!(
            timeout(&rt, Duration::from_millis(2), pending::<()>())
                .await
                .is_err()
        );
    });
}

/// As in a loop around a `select!` that keeps the sleep: it stays ready.
fn a28_a_sleep_that_is_polled_after_its_end(rt: impl Owner) {
    let handle = rt.to_handle();
    let coalesced = Coalesced::new(handle);
    rt.block_on(async {
        let mut sleep = pin!(rt.sleep(Duration::from_millis(2)));
        let mut coalesced = pin!(coalesced.sleep(Duration::from_millis(2)));
        sleep.as_mut().await;
        coalesced.as_mut().await;
        for _ in 0..3 {
            sleep.as_mut().await;
            coalesced.as_mut().await;
        }
    });
}

/// Polled by another executor, while the runtime itself may not be driven.
fn a28_a_sleep_that_is_polled_elsewhere(rt: impl Owner) {
    let mut cx = Context::from_waker(Waker::noop());
    let waited = rt.sleep(Duration::from_millis(2));
    let mut polled = pin!(rt.sleep(Duration::from_millis(500)));
    assert!(polled.as_mut().poll(&mut cx).is_pending());
    thread::sleep(Duration::from_millis(500));
    assert!(pin!(waited).poll(&mut cx).is_ready());
    assert!(polled.as_mut().poll(&mut cx).is_ready());

    let rt = rt.to_handle();
    futures::executor::block_on(async {
        let start = rt.now();
        let limit = Duration::from_millis(5);
        assert!(timeout(&rt, limit, pending::<()>()).await.is_err());
        let mut ticks = interval(&rt, limit);
        ticks.tick().await;
        ticks.tick().await;
        assert!(rt.now() >= start + 2 * limit);
        assert!(wait_n(&rt, 100, limit).await.is_sorted());
    });
}

/// Checks that `run` takes as long as it should, on a machine that may be busy.
fn in_time(limit: Duration, run: impl FnOnce()) {
    let start = Instant::now();
    run();
    let took = start.elapsed();
    assert!(took + Duration::from_millis(1) >= limit, "early: {took:?}");
    assert!(took < limit + Duration::from_secs(2), "late: {took:?}");
}

/// The outputs of tasks that are detached where the budget is spent are dropped when the tasks end,
/// though their abort handles are kept.
fn a1_tasks_that_are_left_in_a_poll_that_has_spent_its_budget(rt: impl Owner) {
    let held = Arc::new(());
    rt.block_on(async {
        let mut aborts = Vec::new();
        poll_fn(|cx| {
            while tokio::task::coop::poll_proceed(cx)
                .map(|step| step.made_progress())
                .is_ready()
            {}
            for _ in 0..10 {
                let (sleep, held) = (rt.sleep(Duration::from_millis(5)), Arc::clone(&held));
                let (task, abort) = abortable(rt.spawn(async move {
                    sleep.await;
                    held
                }));
                task.detach();
                aborts.push(abort);
            }
            Poll::Ready(())
        })
        .await;
        let start = Instant::now();
        while Arc::strong_count(&held) > 1 {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "{} left",
                Arc::strong_count(&held)
            );
            rt.sleep(Duration::from_millis(5)).await;
        }
        assert!(aborts.iter().all(dormouse::AbortHandle::is_finished));
    });
}

fn a1_a_set_that_is_emptied_in_one_poll(rt: impl Owner) {
    rt.block_on(async {
        let mut set = JoinSet::new(&rt.to_handle());
        let aborts: Vec<_> = (0..1_000)
            .map(|number| set.spawn(async move { number }))
            .collect();
        while !aborts.iter().all(dormouse::AbortHandle::is_finished) {
            rt.sleep(Duration::from_millis(5)).await;
        }
        let mut taken = 0;
        while let Some(result) = set.try_join_next() {
            result.unwrap();
            taken += 1;
        }
        assert_eq!(taken, 1_000);
    });
}
