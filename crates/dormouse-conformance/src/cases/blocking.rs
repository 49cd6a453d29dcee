//! Closures that block.

use std::panic::panic_any;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use dormouse_core::adapter::refuse_to_block;
use dormouse_core::{JoinSet, Runtime, Sleeper, SpawnBlocking, Task};

use crate::bystanders::others_run;
use crate::cases::waking::block_on;
use crate::clock::passes_by_itself;
use crate::limit::{LIMIT, eventually, within};
use crate::results::gives;
use crate::witness::{Signal, Witness};

/// A closure gives its value, and runs on another thread than the one that awaits it.
pub async fn a_closure_gives_its_value<R: Sleeper + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "a closure gives its value";
    let here = thread::current().id();
    let task = runtime.spawn_blocking(|| {
        thread::sleep(Duration::from_millis(5));
        (42, thread::current().id())
    });
    let result = within(runtime, task).await;
    match result {
        Some(Ok((42, there))) => {
            assert!(here != there, "{PROMISE}: on the thread of `block_on`");
        }
        result => panic!("{PROMISE}: it gave {result:?} for 42"),
    }
}

/// A closure runs without being awaited, its handle held or dropped.
pub async fn a_closure_runs_without_being_awaited<R: Sleeper + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "a closure runs without being awaited";
    let ran = Witness::default();
    let run = || {
        let ran = ran.clone();
        runtime.spawn_blocking(move || ran.see())
    };
    let held = run();
    drop(run());
    run().detach();
    assert!(
        eventually(runtime, || ran.times() == 3).await,
        "{PROMISE}: of one held, one dropped and one detached, {} have run within {LIMIT:?}",
        ran.times()
    );
    drop(held);
}

/// While closures block, more than a runtime has workers, other tasks and sleeps go on, and one of
/// them can tell the closures to end.
pub async fn a_closure_harms_no_other_task<R: Runtime + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "a closure harms no other task";
    let blocked = block(runtime);
    if passes_by_itself(runtime) {
        others_run(PROMISE, runtime).await;
    } else {
        // Virtual time waits for the closure, and so does every sleep.
        let other = runtime.spawn(async { 42 });
        gives(PROMISE, "a task beside it", runtime, other, 42).await;
    }
    release(PROMISE, runtime, blocked).await;
}

/// While closures block, more than a runtime may have threads for them, `block_on` goes on: its
/// future sleeps, and tells the closures to end.
pub async fn closures_that_block_stall_no_block_on<R: Sleeper + SpawnBlocking>(runtime: &R) {
    let blocked = block(runtime);
    if passes_by_itself(runtime) {
        runtime.sleep(Duration::from_millis(5)).await;
    }
    release("closures that block stall no block_on", runtime, blocked).await;
}

type Blocked<R> = (
    Sender<u32>,
    <R as SpawnBlocking>::BlockingTask<Result<u32, RecvTimeoutError>>,
);

/// Closures that block until they are told to end, or for the limit.
fn block<R: SpawnBlocking>(runtime: &R) -> Vec<Blocked<R>> {
    let limit = LIMIT.get();
    let closure = |_| {
        let (tell, told) = channel();
        let task = runtime.spawn_blocking(move || told.recv_timeout(limit));
        (tell, task)
    };
    (0..CLOSURES).map(closure).collect()
}

/// Tells them to end, and checks that they do.
async fn release<R: Sleeper + SpawnBlocking>(promise: &str, runtime: &R, blocked: Vec<Blocked<R>>) {
    for (tell, blocked) in blocked {
        let told = tell.send(42);
        assert!(told.is_ok(), "{promise}: it was over before it was told");
        gives(promise, "told to end, it", runtime, blocked, Ok(42)).await;
    }
}

/// How many closures block at a time: more than the 256 threads that a runtime of compio has.
const CLOSURES: usize = 300;

/// A closure that has begun can't be stopped: if it is aborted, it still gives its value.
pub async fn a_closure_that_has_begun_gives_its_value<R: Sleeper + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "a closure that has begun gives its value";
    let begun = Signal::default();
    let (tell, told) = channel();
    let begins = begun.clone();
    let mut task = runtime.spawn_blocking(move || {
        begins.tell();
        told.recv()
    });
    assert!(
        within(runtime, begun.told()).await.is_some(),
        "{PROMISE}: it has not begun"
    );
    task.abort();
    let _ = tell.send(42);
    gives(PROMISE, "aborted under way, it", runtime, task, Ok(42)).await;
}

/// A closure may wait for a task of its runtime.
pub async fn a_closure_may_wait_for_a_task<R: Runtime + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "a closure may wait for a task";
    let (over, told) = <(Signal, Signal)>::default();
    let (tell, wait) = (over.clone(), told.clone());
    // Virtual time waits for the closure, so the task that the closure waits for must not
    // sleep.
    let sleep = passes_by_itself(runtime).then(|| runtime.sleep(Duration::from_millis(5)));
    let task = runtime.spawn(async move {
        told.told().await;
        if let Some(sleep) = sleep {
            sleep.await;
        }
        42
    });
    let closure = runtime.spawn_blocking(move || {
        wait.tell();
        let result = block_on(task);
        tell.tell();
        result
    });
    let waited = within(runtime, over.told()).await;
    assert!(
        waited.is_some(),
        "{PROMISE}: it waits for more than {LIMIT:?}"
    );
    gives(PROMISE, "it", runtime, async { closure.await? }, 42).await;
}

/// A closure may call `block_on`: it is not a part of the task that gave it away.
pub async fn a_closure_may_block_on_a_future<R: Sleeper + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "a closure may block on a future";
    // What every `block_on` begins with.
    let task = runtime.spawn_blocking(|| refuse_to_block("a runtime"));
    match within(runtime, task).await {
        Some(Ok(())) => {}
        Some(Err(error)) => panic!("{PROMISE}: it is refused there: {error}"),
        None => panic!("{PROMISE}: it has not ended within {LIMIT:?}"),
    }
}

/// A set takes closures that block along with its tasks, and gives their values and panics.
pub async fn a_set_takes_closures_that_block<R: Runtime + SpawnBlocking>(runtime: &R) {
    const PROMISE: &str = "a set takes closures that block";
    let here = thread::current().id();
    let mut set = JoinSet::new(runtime);
    set.spawn_blocking(move || {
        thread::sleep(Duration::from_millis(5));
        u8::from(thread::current().id() != here)
    });
    set.spawn_blocking(|| panic_any(7_u8));
    let sleep = runtime.sleep(Duration::from_millis(5));
    set.spawn(async {
        sleep.await;
        2
    });
    let (mut values, mut panics) = (Vec::new(), 0);
    for _ in 0..3 {
        match within(runtime, set.join_next()).await {
            Some(Some(Ok(value))) => values.push(value),
            Some(Some(Err(error))) if error.is_panic() => panics += 1,
            result => panic!("{PROMISE}: it gave {result:?}"),
        }
    }
    values.sort_unstable();
    assert!(
        values == [1, 2] && panics == 1 && set.is_empty(),
        "{PROMISE}: it gave {values:?} and {panics} panics for [1, 2] and 1"
    );
}
