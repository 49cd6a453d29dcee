//! What waits beside code that is always ready, or has spent its budget.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{JoinSet, Spawner, Task, abortable, interval, timeout, timeout_at, wait_n};
use tokio::sync::mpsc;
use tokio::task::coop::consume_budget;

use crate::child::Owner;
use crate::{cases, cases_everywhere};

cases_everywhere! {
    a_timeout_around_a_loop_that_yields
}

cases! { {
    tokio: dormouse::TokioRuntime::multi_thread(2),
    tokio_one_worker: dormouse::TokioRuntime::multi_thread(1),
    tokio_current_thread: dormouse::TokioRuntime::current_thread(),
    any_tokio: dormouse::AnyRuntime::new(dormouse::TokioRuntime::multi_thread(2)),
}
    a_timeout_around_a_loop_that_spends_its_budget
    a_timeout_around_a_channel_that_is_always_ready
    all_that_waits_beside_a_loop_that_spends_the_budget
    a_sleep_in_a_poll_that_has_spent_its_budget
    tasks_that_are_left_in_a_poll_that_has_spent_its_budget
    a_set_that_is_emptied_in_one_poll
}

fn a_timeout_around_a_loop_that_spends_its_budget(rt: impl Owner) {
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

fn a_timeout_around_a_channel_that_is_always_ready(rt: impl Owner) {
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
fn all_that_waits_beside_a_loop_that_spends_the_budget(rt: impl Owner) {
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

fn a_sleep_in_a_poll_that_has_spent_its_budget(rt: impl Owner) {
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
fn a_timeout_around_a_loop_that_yields(rt: impl Owner) {
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

/// The outputs of tasks that are detached where the budget is spent are dropped when the tasks end,
/// though their abort handles are kept.
fn tasks_that_are_left_in_a_poll_that_has_spent_its_budget(rt: impl Owner) {
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

fn a_set_that_is_emptied_in_one_poll(rt: impl Owner) {
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

/// Checks that `run` takes as long as it should, on a machine that may be busy.
fn in_time(limit: Duration, run: impl FnOnce()) {
    let start = Instant::now();
    run();
    let took = start.elapsed();
    assert!(took + Duration::from_millis(1) >= limit, "early: {took:?}");
    assert!(took < limit + Duration::from_secs(2), "late: {took:?}");
}
