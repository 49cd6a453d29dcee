//! A timer for many sleeps must not depend on how any of them is used. Each case also runs on the
//! plain runtime, where it passes.

use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{BlockOn, Coalesced, Runtime, Sleeper, task_wait_n, timeout};
use futures::StreamExt;
use futures::stream;
use tokio::task::coop::consume_budget;

use crate::child::Owner;

#[path = "harness/child.rs"]
mod child;

/// Runs each case on plain runtimes, and on the same ones under `Coalesced`.
macro_rules! both {
    ($($case:ident)*) => {$(
        mod $case {
            both!(@ $case
                tokio: dormouse::TokioRuntime::multi_thread(2);
                tokio_one_worker: dormouse::TokioRuntime::multi_thread(1);
                tokio_current_thread: dormouse::TokioRuntime::current_thread();
                smol: dormouse::Smol;
                smol_no_thread: dormouse::SmolExecutor::new(0);
                smol_two_threads: dormouse::SmolExecutor::new(2);
                async_std: dormouse::AsyncStd;
                futures_one_thread: dormouse::FuturesPool::new(1);
                threads: dormouse::Threads;
                any_smol: dormouse::AnyRuntime::new(dormouse::SmolExecutor::new(1));
            );
        }
    )*};
    (@ $case:ident $($runtime:ident: $owner:expr;)*) => {$(
        mod $runtime {
            use crate::child;
            use dormouse::{Coalesced, ToHandle};

            #[test]
            fn plain() {
                let name = concat!(module_path!(), "::plain");
                child::run(name, || {
                    let owner = $owner;
                    let runtime = owner.to_handle();
                    crate::$case(owner, runtime);
                });
            }

            #[test]
            fn coalesced() {
                let name = concat!(module_path!(), "::coalesced");
                child::run(name, || {
                    let owner = $owner;
                    let runtime = Coalesced::new(owner.to_handle());
                    crate::$case(owner, runtime);
                });
            }
        }
    )*};
}

both! {
    a_sleep_after_the_budget_is_spent
    a_ticker_beside_many_tasks
    sleeps_that_two_tasks_keep
    a_sleep_that_is_kept_in_a_select
    a_buffered_stream_whose_consumer_sleeps
    a_sleep_polled_after_its_deadline
    a_sleep_behind_an_earlier_one_that_was_dropped
    two_sleeps_that_the_parent_keeps
    a_sleep_that_is_forgotten
}

fn a_sleep_after_the_budget_is_spent(owner: impl Owner, rt: impl Runtime) {
    let start = Instant::now();
    owner.block_on(async {
        spend_the_budget().await;
        rt.sleep(Duration::from_millis(50)).await;
    });
    took(start, 50);
    let task = owner.spawn(async move {
        spend_the_budget().await;
        rt.sleep(Duration::from_millis(50)).await;
    });
    owner.block_on(task).unwrap();
}

fn a_ticker_beside_many_tasks(owner: impl Owner, rt: impl Runtime) {
    // Fewer than the case has, because on some runtimes a task is a thread.
    let n = 200;
    owner.block_on(async {
        // Time for hundreds of ticks, as on a busy machine there are few.
        let mut tasks = pin!(task_wait_n(&rt, n, Duration::from_millis(500)));
        let ticks = Cell::new(0);
        let mut ticker = pin!(async {
            loop {
                rt.sleep(Duration::from_millis(1)).await;
                ticks.set(ticks.get() + 1);
            }
        });
        let delays = poll_fn(|cx| {
            let _: Poll<()> = ticker.as_mut().poll(cx);
            tasks.as_mut().poll(cx)
        })
        .await;
        assert_eq!(delays.len(), n);
        assert!(ticks.get() > 5, "{}", ticks.get());
    });
}

/// Two sleeps have been polled and are held; a third task sleeps.
fn sleeps_that_two_tasks_keep(owner: impl Owner, rt: impl Runtime) {
    let (done, mut stop) = tokio::sync::watch::channel(());
    for ms in [60, 80] {
        let (rt, mut stop) = (rt.clone(), done.subscribe());
        let keep = owner.spawn(async move {
            let mut sleep = pin!(rt.sleep(Duration::from_millis(ms)));
            poll_once(sleep.as_mut()).await;
            // It waits for something else, until the end of the case.
            let _ = stop.changed().await;
        });
        dormouse::Task::detach(keep);
    }
    stop.mark_unchanged();
    let start = Instant::now();
    let third = owner.spawn(async move {
        rt.sleep(Duration::from_millis(150)).await;
    });
    owner.block_on(third).unwrap();
    took(start, 150);
    drop(done);
}

fn a_sleep_that_is_kept_in_a_select(owner: impl Owner, rt: impl Runtime) {
    let start = Instant::now();
    owner.block_on(async {
        let mut limit = pin!(rt.sleep(Duration::from_millis(20)));
        poll_once(limit.as_mut()).await;
        // A branch that is busy with its own sleeps, which are longer than the limit.
        for _ in 0..3 {
            rt.sleep(Duration::from_millis(30)).await;
        }
        limit.await;
    });
    took(start, 90);
}

fn a_buffered_stream_whose_consumer_sleeps(owner: impl Owner, rt: impl Runtime) {
    let start = Instant::now();
    owner.block_on(async {
        let work = |number| {
            let rt = &rt;
            async move {
                rt.sleep(Duration::from_millis(10) * number).await;
                number
            }
        };
        let mut jobs = stream::iter(1..=20_u32).map(work).buffer_unordered(5);
        while jobs.next().await.is_some() {
            rt.sleep(Duration::from_millis(30)).await;
        }
    });
    took(start, 600);
}

/// It is ready at once, whatever the timer is armed for.
fn a_sleep_polled_after_its_deadline(owner: impl Owner, rt: impl Runtime) {
    owner.block_on(async {
        let mut sleep = pin!(rt.sleep(Duration::from_millis(5)));
        poll_once(sleep.as_mut()).await;
        thread::sleep(Duration::from_millis(10));
        assert!(poll_once(sleep.as_mut()).await);
    });
}

fn a_sleep_behind_an_earlier_one_that_was_dropped(owner: impl Owner, rt: impl Runtime) {
    owner.block_on(async {
        let mut later = pin!(rt.sleep(Duration::from_millis(10)));
        {
            let mut earlier = pin!(rt.sleep(Duration::from_millis(5)));
            poll_once(earlier.as_mut()).await;
            poll_once(later.as_mut()).await;
        }
        thread::sleep(Duration::from_millis(20));
        assert!(poll_once(later.as_mut()).await);
    });
}

fn two_sleeps_that_the_parent_keeps(owner: impl Owner, rt: impl Runtime) {
    let start = Instant::now();
    owner.block_on(async {
        let mut kept = [40, 80].map(|ms| Box::pin(rt.sleep(Duration::from_millis(ms))));
        for sleep in &mut kept {
            poll_once(sleep.as_mut()).await;
        }
        let child = rt.clone();
        let child = rt.spawn(async move { child.sleep(Duration::from_millis(120)).await });
        child.await.unwrap();
        drop(kept);
    });
    took(start, 120);
}

fn a_sleep_that_is_forgotten(owner: impl Owner, rt: impl Runtime) {
    let start = Instant::now();
    owner.block_on(async {
        for ms in [10, 20, 40] {
            let mut sleep = Box::pin(rt.sleep(Duration::from_millis(ms)));
            poll_once(sleep.as_mut()).await;
            std::mem::forget(sleep);
        }
        let result = timeout(&rt, Duration::from_millis(60), pending::<()>()).await;
        assert!(result.is_err());
        rt.sleep(Duration::from_millis(20)).await;
    });
    took(start, 80);
}

/// A `Coalesced` for two runtimes; the one that armed the timer is no longer driven.
#[test]
fn one_timer_for_two_runtimes() {
    let name = concat!(module_path!(), "::one_timer_for_two_runtimes");
    child::run(name, || {
        let first = dormouse::TokioRuntime::current_thread();
        let second = dormouse::TokioRuntime::current_thread();
        let shared = Coalesced::new(dormouse::Tokio);
        let mut kept = None;
        first.block_on(async {
            let mut sleep = Box::pin(shared.sleep(Duration::from_millis(30)));
            assert!(!poll_once(sleep.as_mut()).await);
            kept = Some(sleep);
        });
        let (sender, receiver) = mpsc::channel();
        let other = shared.clone();
        thread::spawn(move || {
            second.block_on(async { other.sleep(Duration::from_millis(60)).await });
            sender.send(()).unwrap();
        });
        receiver
            .recv_timeout(Duration::from_secs(20))
            .expect("the other's sleep ends, or the construction says why not");
        drop((kept, first));
    });
}

fn took(start: Instant, ms: u64) {
    let (took, least) = (start.elapsed(), Duration::from_millis(ms));
    assert!(took >= least, "early: {took:?}");
    assert!(
        took < least + Duration::from_millis(1_500),
        "late: {took:?}"
    );
}

/// Polls once; whether it was ready.
async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> bool {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_ready())).await
}

async fn spend_the_budget() {
    poll_fn(|_| {
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..1_000 {
            let _ = pin!(consume_budget()).poll(&mut cx);
        }
        Poll::Ready(())
    })
    .await;
}
