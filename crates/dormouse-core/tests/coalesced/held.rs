//! Sleeps that are polled and then held, without being polled when they are woken.

use std::time::Instant;

use dormouse_core::{BlockOn, Coalesced, Sleeper, Spawner};
use futures::FutureExt;

use crate::mock::{LATE, Owner, ms, on_each_runtime, poll_once, sleep_on_time};

on_each_runtime! {
    one_that_is_asked_now_or_never;
    a_million_that_are_dropped_at_once;
    a_wait_n_that_moves_to_another_task;
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
