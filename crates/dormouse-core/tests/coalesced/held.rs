//! Sleeps that are polled and then held, without being polled when they are woken.

use std::future::{Future, pending, poll_fn};
use std::mem;
use std::pin::Pin;
use std::task::Poll;
use std::time::Instant;

use dormouse_core::{BlockOn, Coalesced, Sleeper, Spawner, Task, ToHandle};
use futures::{FutureExt, StreamExt, stream};

use crate::mock::{LATE, Owner, ms, on_each_runtime, sleep_on_time};

on_each_runtime! {
    tasks_that_wait_for_something_else;
    a_stream_with_a_sleep_in_its_loop;
    a_task_that_waits_for_its_child;
    one_that_is_asked_now_or_never;
    one_that_is_forgotten;
    one_that_moves_to_another_task;
    a_slow_branch_of_a_select;
    a_million_that_are_dropped_at_once;
    a_wait_n_that_moves_to_another_task;
}

type Handle<R> = Coalesced<<R as ToHandle>::Handle>;

/// Polls it once with the waker of the task.
async fn poll_once<F: Future + Unpin>(future: &mut F) -> bool {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx).is_ready())).await
}

fn tasks_that_wait_for_something_else<R: Owner>(runtime: &Coalesced<R>) {
    for after in [60, 80] {
        let sleeper: Handle<R> = runtime.handle();
        let holding = async move {
            let mut sleep = sleeper.sleep(ms(after));
            assert!(!poll_once(&mut sleep).await);
            pending::<()>().await;
            drop(sleep);
        };
        runtime.spawn(holding).detach();
    }
    let sleeper = runtime.handle();
    let third = runtime.spawn(async move {
        sleep_on_time(&sleeper, ms(150)).await;
        sleep_on_time(&sleeper, ms(100)).await;
    });
    runtime.block_on(third).unwrap();
}

fn a_stream_with_a_sleep_in_its_loop<R: Owner>(runtime: &Coalesced<R>) {
    let start = Instant::now();
    runtime.block_on(async {
        let job = |number: u32| async move {
            runtime.sleep(ms(10) * number).await;
            number
        };
        let mut jobs = std::pin::pin!(stream::iter(1..=20).map(job).buffer_unordered(5));
        while jobs.next().await.is_some() {
            runtime.sleep(ms(30)).await;
        }
    });
    let took = start.elapsed();
    // With the runtime's own sleeps it takes 0.89 s.
    assert!(took < ms(890) + 4 * LATE, "{took:?}");
}

fn a_task_that_waits_for_its_child<R: Owner>(runtime: &Coalesced<R>) {
    let sleeper = runtime.handle();
    let parent = async move {
        let mut held = [40, 80].map(|after| sleeper.sleep(ms(after)));
        for sleep in &mut held {
            assert!(!poll_once(sleep).await);
        }
        let child = {
            let sleeper = sleeper.clone();
            async move { sleep_on_time(&sleeper, ms(120)).await }
        };
        sleeper.spawn(child).await.unwrap();
        drop(held);
    };
    runtime.block_on(runtime.spawn(parent)).unwrap();
}

fn one_that_is_asked_now_or_never<R: Owner>(runtime: &Coalesced<R>) {
    runtime.block_on(async {
        let mut sleep = runtime.sleep(ms(20));
        assert_eq!((&mut sleep).now_or_never(), None);
        sleep_on_time(runtime, ms(50)).await;
        // It was not polled when it was woken, and is ready nevertheless.
        assert_eq!(sleep.now_or_never(), Some(()));
    });
}

fn one_that_is_forgotten<R: Owner>(runtime: &Coalesced<R>) {
    runtime.block_on(async {
        for after in [10, 20, 30] {
            let mut sleep = runtime.sleep(ms(after));
            assert!(!poll_once(&mut sleep).await);
            mem::forget(sleep);
        }
        sleep_on_time(runtime, ms(40)).await;
        sleep_on_time(runtime, ms(5)).await;
    });
}

fn one_that_moves_to_another_task<R: Owner>(runtime: &Coalesced<R>) {
    runtime.block_on(async {
        let mut sleep = runtime.sleep(ms(60));
        assert!(!poll_once(&mut sleep).await);
        let start = Instant::now();
        let elsewhere = runtime.spawn(async move {
            sleep.await;
            start.elapsed()
        });
        sleep_on_time(runtime, ms(30)).await;
        let slept = elsewhere.await.unwrap();
        assert!(slept < ms(60) + LATE, "{slept:?}");
    });
}

fn a_slow_branch_of_a_select<R: Owner>(runtime: &Coalesced<R>) {
    let slow: Vec<_> = (0..2)
        .map(|_| {
            let sleeper = runtime.handle();
            runtime.spawn(async move {
                let mut keepalive = sleeper.sleep(ms(20));
                assert!(!poll_once(&mut keepalive).await);
                // The other branch, which is slow, on another timer.
                runtime_free_pause(ms(1_000)).await;
                drop(keepalive);
            })
        })
        .collect();
    runtime.block_on(async {
        for _ in 0..10 {
            sleep_on_time(runtime, ms(20)).await;
        }
        for task in slow {
            task.await.unwrap();
        }
    });
}

/// A pause that does not use the runtime's timer.
async fn runtime_free_pause(duration: std::time::Duration) {
    dormouse_core::adapter::AlarmSleep::until(Instant::now() + duration).await;
}

fn a_million_that_are_dropped_at_once<R: Owner>(runtime: &Coalesced<R>) {
    runtime.block_on(async {
        let mut dropped = 0_u32;
        let on_time = async {
            for _ in 0..10 {
                sleep_on_time(runtime, ms(10)).await;
            }
        };
        let mut on_time = std::pin::pin!(on_time);
        while !poll_once(&mut on_time).await {
            for _ in 0..1_000 {
                let mut sleep = runtime.sleep(ms(24 * 60 * 60 * 1_000));
                assert!(!poll_once(&mut sleep).await);
                dropped += 1;
            }
            runtime_free_pause(ms(1)).await;
        }
        assert!(dropped >= 1_000);
    });
}

fn a_wait_n_that_moves_to_another_task<R: Owner>(runtime: &Coalesced<R>) {
    let mut waits = runtime.wait_n(1_000, ms(100));
    let list = runtime.block_on(async {
        let start = Instant::now();
        assert!(!poll_once(&mut waits).await);
        let list = runtime.spawn(waits);
        sleep_on_time(runtime, ms(50)).await;
        let list = list.await.unwrap();
        assert!(start.elapsed() < ms(100) + LATE, "{:?}", start.elapsed());
        list
    });
    assert!(list.is_sorted() && list.len() == 1_000);
}
