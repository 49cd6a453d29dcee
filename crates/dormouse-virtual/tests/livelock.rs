//! Tasks that run for ever while the clock stands still are reported, with the place of their
//! spawn.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use dormouse_core::{
    BlockOn, Coalesced, Sleeper, SpawnBlocking, Spawner, SystemTime, Task, sleep_until_system_time,
    task_wait_n_with, timeout, wait_n_with,
};
use dormouse_virtual::{Deadlock, Virtual, VirtualHandle};
use futures::FutureExt;

const MILLISECOND: Duration = Duration::from_millis(1);

async fn sleep_for_no_time(sleeper: impl Sleeper) {
    loop {
        sleeper.sleep(Duration::ZERO).await;
    }
}

/// Sleeps in between make no difference.
async fn yield_for_ever(runtime: impl Spawner + Sleeper) {
    loop {
        runtime.sleep(Duration::ZERO).await;
        runtime.yield_now().await;
    }
}

fn lines(deadlock: &Deadlock) -> Vec<u32> {
    let sites = deadlock.tasks().iter();
    sites.map(|site: &&Location| site.line()).collect()
}

/// As a loop around a `select!` with another arm that is always ready.
#[test]
fn a_sleep_polled_again_and_again_in_one_poll_is_a_livelock() {
    let runtime = Virtual::new();
    let mut sleep = pin!(runtime.sleep(MILLISECOND));
    let busy = poll_fn(|cx| {
        while sleep.as_mut().poll(cx).is_pending() {}
        Poll::Ready(())
    });
    let livelock = runtime.try_block_on(busy).unwrap_err();
    assert!(livelock.is_livelock(), "{livelock}");
    assert_eq!(runtime.elapsed(), Duration::ZERO);
}

#[test]
fn sleeps_of_no_time_in_one_poll_are_a_livelock() {
    let runtime = Virtual::new();
    let limited = timeout(&runtime, 10 * MILLISECOND, sleep_for_no_time(&runtime));
    let line = line!() + 1;
    let livelock = runtime.try_block_on(limited).unwrap_err();
    assert!(livelock.is_livelock());
    assert!(livelock.tasks().is_empty());
    let text = livelock.to_string();
    assert!(
        text.starts_with("livelock: 10000000 sleeps in one poll"),
        "{text}"
    );
    assert!(
        text.contains(&format!("tests/livelock.rs:{line}:")),
        "{text}"
    );
    // The runtime is still usable.
    assert_eq!(
        runtime.block_on(timeout(&runtime, MILLISECOND, async { 42 })),
        Ok(42)
    );
    assert_eq!(runtime.elapsed(), Duration::ZERO);
}

/// None of these gets to a sleep of the runtime.
#[test]
fn readings_of_the_clock_in_one_poll_are_a_livelock() {
    let is_reported = |runtime: &Virtual, endless: &mut dyn FnMut()| {
        let blocked = poll_fn(|_| {
            loop {
                endless();
            }
        });
        let limited = timeout(runtime, MILLISECOND, blocked);
        let livelock = runtime.try_block_on(limited).map(|_: Result<(), _>| ());
        let text = livelock.unwrap_err().to_string();
        assert!(text.starts_with("livelock: 50000000 readings"), "{text}");
        // The runtime is still usable.
        runtime.block_on(runtime.sleep(MILLISECOND));
    };
    let runtime = Virtual::new();
    is_reported(&runtime, &mut || _ = runtime.now());
    let coalesced = Coalesced::new(runtime.handle());
    is_reported(&runtime, &mut || {
        coalesced.sleep(Duration::ZERO).now_or_never().unwrap();
    });
}

/// They look at the sleep that they are made of.
#[test]
fn sleeps_by_the_wall_clock_in_one_poll_are_a_livelock() {
    let runtime = Virtual::new();
    let blocked = poll_fn(|_| -> Poll<()> {
        loop {
            let past = sleep_until_system_time(&runtime, SystemTime::UNIX_EPOCH);
            past.now_or_never().unwrap();
        }
    });
    let livelock = runtime.try_block_on(blocked).unwrap_err();
    assert!(
        livelock
            .to_string()
            .starts_with("livelock: 10000000 sleeps"),
        "{livelock}"
    );
    // The runtime is still usable.
    runtime.block_on(runtime.sleep(MILLISECOND));
}

#[test]
fn a_poll_may_wait_for_a_clock_that_others_move() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    runtime.block_on(async {
        for millisecond in 1..=3 {
            for _ in 0..20_000_000 {
                _ = handle.now();
            }
            handle.advance(MILLISECOND);
            assert_eq!(handle.elapsed(), millisecond * MILLISECOND);
        }
    });
}

#[test]
fn block_on_panics_with_the_livelock() {
    let runtime = Virtual::new();
    let blocked = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(sleep_for_no_time(&runtime));
    }));
    let payload = blocked.unwrap_err();
    let text = payload.downcast_ref::<String>().unwrap();
    assert!(text.starts_with("livelock:"), "{text}");
}

#[test]
fn a_task_that_sleeps_for_no_time_is_named() {
    let runtime = Virtual::new();
    runtime.spawn(runtime.sleep(MILLISECOND)).detach();
    let line = line!() + 1;
    runtime.spawn(sleep_for_no_time(runtime.handle())).detach();
    let livelock = runtime
        .try_block_on(runtime.sleep(MILLISECOND))
        .unwrap_err();
    assert!(livelock.is_livelock());
    assert_eq!(lines(&livelock), [line]);
    let site = format!("a task runs on; it was spawned at {}", livelock.tasks()[0]);
    assert!(livelock.to_string().contains(&site), "{livelock}");
}

#[test]
fn tasks_that_wake_themselves_for_ever_are_named() {
    let runtime = Virtual::new();
    runtime.spawn(runtime.sleep(MILLISECOND)).detach();
    let line = line!() + 1;
    runtime.spawn(yield_for_ever(runtime.handle())).detach();
    runtime.spawn(yield_for_ever(runtime.handle())).detach();
    let livelock = runtime
        .try_block_on(runtime.sleep(MILLISECOND))
        .unwrap_err();
    assert!(livelock.is_livelock());
    assert_eq!(lines(&livelock), [line, line + 1]);
    let text = livelock.to_string();
    assert!(
        text.starts_with("livelock: 10000000 polls in a row"),
        "{text}"
    );
}

#[test]
fn advance_reports_a_livelock_too() {
    let runtime = Virtual::new();
    runtime.spawn(sleep_for_no_time(runtime.handle())).detach();
    let advanced = catch_unwind(AssertUnwindSafe(|| runtime.advance(MILLISECOND)));
    let payload = advanced.unwrap_err();
    let text = payload.downcast_ref::<String>().unwrap();
    assert!(text.starts_with("livelock:"), "{text}");
}

/// Each of these does much work in one instant, but ends.
#[test]
fn much_work_in_one_instant_is_no_livelock() {
    let runtime = Virtual::new();
    let waits = runtime.block_on(wait_n_with(&runtime, 1_000_000, 0, 7));
    assert_eq!(waits.len(), 1_000_000);
    let waits = runtime.block_on(task_wait_n_with(&runtime, 100_000, 0, 7));
    assert_eq!(waits.len(), 100_000);
    runtime.block_on(async {
        for _ in 0..1_000_000 {
            runtime.sleep(Duration::ZERO).await;
        }
        for _ in 0..1_000_000 {
            runtime.yield_now().await;
        }
    });
    assert_eq!(runtime.elapsed(), Duration::ZERO);
}

/// Polls beyond the limit that only wake their own task, but the clock moves in between.
#[test]
fn a_clock_that_moves_is_no_livelock() {
    let runtime = Virtual::new();
    runtime.block_on(async {
        for _ in 0..11_000_000 {
            runtime.advance(Duration::from_nanos(1));
            runtime.yield_now().await;
        }
    });
    assert_eq!(runtime.elapsed(), 11 * MILLISECOND);
}

/// More sleeps than the limit are ready at once, on a thread that does not drive the runtime, so
/// the clock need not move.
#[test]
fn sleeps_polled_by_another_executor_are_not_counted() {
    let runtime = Virtual::new();
    runtime.advance(MILLISECOND);
    let past = runtime.now();
    futures::executor::block_on(async {
        for _ in 0..11_000_000 {
            runtime.sleep_until(past).await;
        }
    });
}

/// A task may poll for the end of real work for as long as that takes.
#[test]
fn waiting_for_real_work_is_no_livelock() {
    async fn polls_for(handle: VirtualHandle, done: Arc<AtomicBool>, polls: &AtomicU32) {
        while !done.load(SeqCst) {
            polls.fetch_add(1, SeqCst);
            handle.yield_now().await;
        }
    }
    static POLLS: AtomicU32 = AtomicU32::new(0);
    let runtime = Virtual::new();
    let done = Arc::new(AtomicBool::new(false));
    let work = runtime.spawn_blocking({
        let done = Arc::clone(&done);
        move || {
            while POLLS.load(SeqCst) < 11_000_000 {
                thread::sleep(MILLISECOND);
            }
            done.store(true, SeqCst);
        }
    });
    runtime.block_on(polls_for(runtime.handle(), done, &POLLS));
    runtime.block_on(work).unwrap();
    assert_eq!(runtime.elapsed(), Duration::ZERO);
}
