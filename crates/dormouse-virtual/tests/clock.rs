//! The clock never goes back, and ready tasks take turns.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, SpawnBlocking, Spawner, Task};
use dormouse_virtual::Virtual;
use futures::FutureExt;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn an_advance_within_an_advance_is_not_undone() {
    let runtime = Virtual::new();
    let handle = runtime.handle();
    runtime
        .spawn(async move { handle.advance(100 * SECOND) })
        .detach();
    runtime.advance(SECOND);
    assert_eq!(runtime.elapsed(), 100 * SECOND);
    let handle = runtime.handle();
    let task = runtime.spawn(async move {
        handle.sleep(SECOND).await;
        handle.advance(100 * SECOND);
        let (before, elapsed) = (handle.now(), handle.elapsed());
        // The outer `advance` is at an earlier time than this sleep.
        handle.sleep(SECOND).await;
        (before, elapsed, handle.now())
    });
    runtime.spawn(runtime.sleep(2 * SECOND)).detach();
    runtime.advance(3 * SECOND);
    assert_eq!(runtime.elapsed(), 201 * SECOND);
    runtime.advance(SECOND);
    let (before, elapsed, after) = runtime.block_on(task).unwrap();
    assert_eq!(elapsed, 201 * SECOND);
    assert_eq!(after - before, SECOND);
}

#[test]
fn an_advance_to_the_end_of_time_saturates() {
    let runtime = Virtual::new();
    runtime.advance(Duration::MAX);
    let end = runtime.now();
    runtime.advance(Duration::MAX);
    runtime.advance(SECOND);
    assert_eq!(runtime.now(), end);
    // The runtime is still usable.
    assert_eq!(runtime.block_on(runtime.spawn(async { 42 })).unwrap(), 42);
    assert!(runtime.try_block_on(runtime.sleep(Duration::MAX)).is_err());
}

#[test]
fn advance_and_elapsed_can_be_called_by_a_handle_in_a_task() {
    let runtime = Virtual::new();
    let ended = runtime.spawn(runtime.sleep(5 * SECOND));
    let handle = runtime.handle();
    let task = runtime.spawn(async move {
        handle.advance(10 * SECOND);
        handle.elapsed()
    });
    assert_eq!(runtime.block_on(task).unwrap(), 10 * SECOND);
    runtime.block_on(ended).unwrap();
    assert_eq!(runtime.elapsed(), 10 * SECOND);
}

/// `yield_now` puts the task behind all ready ones.
#[test]
fn a_task_that_yields_goes_to_the_back_of_the_queue() {
    let runtime = Virtual::new();
    let trace = Arc::new(Mutex::new(Vec::new()));
    let tasks = [0, 1, 2].map(|number| {
        let (trace, handle) = (Arc::clone(&trace), runtime.handle());
        runtime.spawn(async move {
            for round in 0..3 {
                trace.lock().unwrap().push((round, number));
                handle.yield_now().await;
            }
        })
    });
    for task in tasks {
        runtime.block_on(task).unwrap();
    }
    let in_turn: Vec<_> = (0..3)
        .flat_map(|round| [(round, 0), (round, 1), (round, 2)])
        .collect();
    assert_eq!(*trace.lock().unwrap(), in_turn);
    assert_eq!(runtime.elapsed(), Duration::ZERO);
}

/// The location of a spawn is the caller's line: on the owner, on the handle, and through a
/// pointer.
#[test]
fn a_spawn_site_is_the_callers_line() {
    use std::future::pending;
    let runtime = Arc::new(Virtual::new());
    let handle = runtime.handle();
    let first = line!() + 1;
    runtime.spawn(pending::<()>()).detach();
    handle.spawn(pending::<()>()).detach();
    Virtual::spawn(&runtime, pending::<()>()).detach();
    runtime.spawn_local(pending::<()>()).detach();
    handle.spawn_local(pending::<()>()).detach();
    (&&handle).spawn_local(pending::<()>()).detach();
    let deadlock = runtime.try_block_on(pending::<()>()).unwrap_err();
    let lines: Vec<_> = deadlock.tasks().iter().map(|site| site.line()).collect();
    assert_eq!(lines, (first..first + 6).collect::<Vec<_>>());
    assert!(deadlock.tasks().iter().all(|site| site.file() == file!()));
    // A closure is real work, so the clock waits for it, and it is never among the tasks that hang.
    runtime.block_on(runtime.spawn_blocking(|| ())).unwrap();
}

/// As the docs of `Sleeper` say: the clock has to move for it.
#[test]
fn the_shortest_sleep_yields_and_one_of_no_time_does_not() {
    let runtime = Virtual::new();
    runtime.block_on(async {
        let shortest = runtime.sleep(Duration::from_nanos(1)).now_or_never();
        assert_eq!(shortest, None);
        assert_eq!(runtime.sleep(Duration::ZERO).now_or_never(), Some(()));
    });
}
