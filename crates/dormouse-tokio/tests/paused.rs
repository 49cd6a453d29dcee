//! tokio's own paused clock: `now` follows it, and so do the functions.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use dormouse_core::{
    BlockOn, Coalesced, Sleeper, Spawner, interval, measure_time_with, wait_n_with,
};
use dormouse_tokio::{Tokio, TokioHandle, TokioRuntime, TokioSleep};
use tokio::runtime::Builder;
use tokio::time;

#[tokio::test(start_paused = true)]
async fn now_follows_the_paused_clock() {
    let start = Tokio.now();
    assert_eq!(Tokio.now(), start);
    time::advance(Duration::from_secs(5)).await;
    assert_eq!(Tokio.now() - start, Duration::from_secs(5));
    assert_eq!(Tokio.now(), time::Instant::now().into_std());
}

#[tokio::test(start_paused = true)]
async fn an_hour_of_waits_takes_no_time() {
    let real = std::time::Instant::now();
    let start = Tokio.now();
    let delays = wait_n_with(&Tokio, 1_000, 3_600, 7).await;
    assert!(delays.is_sorted());
    let elapsed = (Tokio.now() - start).as_secs_f64();
    let late = elapsed - delays[999];
    // tokio's timer has a step of 1 ms, on a paused clock too.
    assert!((0.0..=0.002).contains(&late), "{late} s late");
    assert!(real.elapsed() < Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn tasks_and_ticks_go_by_it() {
    let start = Tokio.now();
    let task = Tokio.spawn(Tokio.sleep(Duration::from_secs(60)));
    let mut ticks = interval(&Tokio, Duration::from_secs(10));
    for _ in 0..5 {
        ticks.tick().await;
    }
    task.await.unwrap();
    assert!(Tokio.now() - start >= Duration::from_secs(60));
}

#[test]
fn an_owner_can_be_paused_too() {
    let mut builder = Builder::new_current_thread();
    let paused = builder.enable_time().start_paused(true).build().unwrap();
    let runtime = TokioRuntime::from(paused);
    let each = measure_time_with(&runtime, 100, 1_000, 7).unwrap();
    let longest = *runtime
        .block_on(wait_n_with(&runtime, 100, 1_000, 7))
        .last()
        .unwrap();
    assert!((each * 100.0 - longest).abs() <= 0.002);
}

#[tokio::test(start_paused = true)]
async fn a_running_clock_is_not_taken_for_the_paused_one() {
    let running = TokioRuntime::multi_thread(1);
    let handle = running.handle();
    let start = handle.now();
    let sleep = handle.sleep(Duration::from_millis(100));
    let mut moved = Box::pin(handle.sleep(Duration::MAX));
    handle.reset(moved.as_mut(), start + Duration::from_millis(120));
    time::advance(Duration::from_secs(3_600)).await;
    sleep.await;
    assert!(handle.now() - start >= Duration::from_millis(100));
    moved.await;
    assert!(handle.now() - start >= Duration::from_millis(120));
}

#[test]
fn a_paused_clock_is_not_taken_for_a_running_one() {
    let mut builder = Builder::new_current_thread();
    let paused = builder.enable_time().start_paused(true).build().unwrap();
    let handle = TokioHandle::from(paused.handle().clone());
    let (start, short) = (handle.now(), Duration::from_millis(10));
    let mut sleep = Box::pin(handle.sleep(short));
    let polled = |sleep: &mut Pin<Box<TokioSleep>>| {
        let mut cx = Context::from_waker(Waker::noop());
        sleep.as_mut().poll(&mut cx).is_ready()
    };
    let running = TokioRuntime::current_thread();
    running.block_on(async {
        assert!(!polled(&mut sleep));
        running.sleep(5 * short).await;
        assert!(!polled(&mut sleep));
        handle.reset(sleep.as_mut(), start + 2 * short);
        running.sleep(5 * short).await;
        assert!(!polled(&mut sleep));
    });
    paused.block_on(async {
        assert!(!polled(&mut sleep));
        time::advance(2 * short).await;
        assert!(polled(&mut sleep));
    });
    // Two that are paused.
    let mut sleep = Box::pin(handle.sleep(short));
    let mut builder = Builder::new_current_thread();
    let other = builder.enable_time().start_paused(true).build().unwrap();
    other.block_on(async {
        time::advance(2 * short).await;
        assert!(!polled(&mut sleep));
    });
}

/// Its own timer ends it, however far that clock is ahead of the system's.
#[test]
fn a_sleep_on_a_clock_that_was_moved_ends_in_another_runtime() {
    let mut builder = Builder::new_current_thread();
    let paused = builder.enable_time().start_paused(true).build().unwrap();
    let (moved, other) = (TokioRuntime::from(paused), TokioRuntime::current_thread());
    let (start, hour) = (moved.now(), Duration::from_secs(3_600));
    let mut sleeps: Vec<_> = (0..3).map(|_| Box::pin(moved.sleep(hour))).collect();
    other.block_on(async {
        for sleep in &mut sleeps {
            assert!(poll(sleep).is_pending());
        }
    });
    moved.block_on(time::advance(2 * hour));
    let mut third = sleeps.pop().unwrap();
    moved.block_on(async {
        for sleep in &mut sleeps {
            assert!(poll(sleep).is_ready(), "at home");
        }
    });
    other.block_on(async {
        assert!(poll(&mut third).is_ready(), "elsewhere");
        assert!(poll(&mut third).is_ready(), "again");
    });
    // Polls elsewhere move no clock.
    assert!(moved.now() - start < 3 * hour);
    // One that is gone ends nothing early.
    let mut fourth = Box::pin(moved.sleep(hour));
    other.block_on(async { assert!(poll(&mut fourth).is_pending()) });
    drop(moved);
    other.block_on(async { assert!(poll(&mut fourth).is_pending(), "gone") });
}

/// A paused clock moves to the next timer whenever its runtime is idle, so such a poll arms none.
#[test]
fn polls_elsewhere_move_no_paused_clock() {
    let mut builder = Builder::new_current_thread();
    let paused = builder.enable_time().start_paused(true).build().unwrap();
    let (home, other) = (TokioRuntime::from(paused), TokioRuntime::current_thread());
    let (handle, hour) = (home.handle(), Duration::from_secs(3_600));
    let start = handle.now();
    let mut sleeps: Vec<_> = (0..4).map(|_| Box::pin(handle.sleep(hour))).collect();
    home.block_on(time::advance(2 * hour));

    let waker = Arc::new(Mutex::new(None::<Waker>));
    let stop = Arc::new(AtomicBool::new(false));
    let (see, stopped) = (Arc::clone(&waker), Arc::clone(&stop));
    let driven = thread::spawn(move || {
        home.block_on(poll_fn(|cx| {
            *see.lock().unwrap() = Some(cx.waker().clone());
            if stopped.load(SeqCst) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
        home
    });
    let wake = || {
        if let Some(waker) = waker.lock().unwrap().take() {
            waker.wake();
        }
    };
    other.block_on(async {
        for _ in 0..20_000 {
            wake();
            for sleep in &mut sleeps {
                assert!(poll(sleep).is_ready());
            }
        }
    });
    stop.store(true, SeqCst);
    while !driven.is_finished() {
        wake();
        thread::yield_now();
    }
    let home = driven.join().unwrap();
    assert!(home.now() - start < 3 * hour);
}

#[test]
fn a_coalesced_sleep_goes_on_when_its_paused_runtime_is_gone() {
    let sleeper = Coalesced::new(Tokio);
    let polled_there = || {
        let mut builder = Builder::new_current_thread();
        let paused = builder.enable_time().start_paused(true).build().unwrap();
        let mut sleep = Box::pin(sleeper.sleep(Duration::from_millis(200)));
        paused.block_on(async {
            let mut cx = Context::from_waker(Waker::noop());
            assert!(sleep.as_mut().poll(&mut cx).is_pending());
        });
        sleep
    };
    // On a plain thread, and on another runtime.
    let mut sleep = polled_there();
    let mut cx = Context::from_waker(Waker::noop());
    while sleep.as_mut().poll(&mut cx).is_pending() {
        thread::sleep(Duration::from_millis(1));
    }
    TokioRuntime::multi_thread(1).block_on(polled_there());
}

fn poll(sleep: &mut Pin<Box<TokioSleep>>) -> Poll<()> {
    sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}
