//! Closures that are under way when their runtime goes.

use std::future::pending;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Sleeper, SpawnBlocking};

use crate::cases::gone_destructors::in_destructors;
use crate::ending::{result_of, with_context};
use crate::limit::{LIMIT, within};
use crate::panics::caught;
use crate::results::is_cancelled;
use crate::witness::{Signal, Witness};

/// A closure that has begun outlives its runtime: the drop of the owner does not wait for it, and
/// its handle gives its value.
pub fn a_closure_under_way_outlives_its_runtime<R, B>(runtime: R, driver: B)
where
    R: Sleeper + SpawnBlocking + 'static,
    B: BlockOn,
{
    const PROMISE: &str = "a closure under way outlives its runtime";
    let over = Witness::default();
    let (tell, mut closure) = driver.block_on(under_way(PROMISE, &runtime, &over));
    drop((driver, runtime));
    assert!(
        !over.seen(),
        "{PROMISE}: the drop of the owner returned only when the closure had ended"
    );
    drop(tell);
    let result = result_of(PROMISE, &mut closure);
    assert!(
        matches!(result, Ok(42)),
        "{PROMISE}: it gave {result:?} for 42"
    );
}

/// A closure under way keeps no runtime: when the owner is dropped, the tasks are cancelled, and do
/// not wait for the closure.
pub fn a_closure_under_way_keeps_no_runtime<R, B>(runtime: R, driver: B)
where
    R: Runtime + SpawnBlocking,
    B: BlockOn,
{
    const PROMISE: &str = "a closure under way keeps no runtime";
    let over = Witness::default();
    let (mut task, (tell, closure)) = driver.block_on(async {
        let task = runtime.spawn(pending::<()>());
        (task, under_way(PROMISE, &runtime, &over).await)
    });
    drop((driver, runtime));
    is_cancelled(PROMISE, result_of(PROMISE, &mut task));
    assert!(
        !over.seen(),
        "{PROMISE}: the task was cancelled only when the closure had ended"
    );
    drop((tell, closure));
}

/// A closure that has begun, and ends when its sender is dropped, or half of the limit later.
async fn under_way<R: Sleeper + SpawnBlocking>(
    promise: &str,
    runtime: &R,
    over: &Witness,
) -> (Sender<()>, R::BlockingTask<u32>) {
    let (begun, limit) = (Signal::default(), LIMIT.get() / 2);
    let (begins, ends) = (begun.clone(), over.clone());
    let (tell, told) = channel::<()>();
    let closure = runtime.spawn_blocking(move || {
        begins.tell();
        _ = told.recv_timeout(limit);
        ends.see();
        42
    });
    assert!(
        within(runtime, begun.told()).await.is_some(),
        "{promise}: the closure has not begun"
    );
    (tell, closure)
}

/// Closures that wait for a thread when their runtime goes resolve: each gives its value, or is
/// cancelled and does not run.
pub fn closures_that_have_not_begun_end_with_their_runtime<R, B>(runtime: R, driver: B)
where
    R: Sleeper + SpawnBlocking + 'static,
    B: BlockOn,
{
    const PROMISE: &str = "closures that have not begun end with their runtime";
    // More than a pool may have threads, if they are few.
    const CLOSURES: usize = 100;
    let tasks: Vec<_> = driver.block_on(async {
        let closure = |_| {
            let ran = Witness::default();
            let see = ran.clone();
            let task = runtime.spawn_blocking(move || {
                thread::sleep(Duration::from_millis(2));
                see.see();
            });
            (task, ran)
        };
        (0..CLOSURES).map(closure).collect()
    });
    drop((driver, runtime));
    for (mut task, ran) in tasks {
        match result_of(PROMISE, &mut task) {
            Ok(()) => assert!(ran.seen(), "{PROMISE}: one gave a value, and did not run"),
            error => {
                is_cancelled(PROMISE, error);
                assert!(!ran.seen(), "{PROMISE}: one was cancelled, and ran");
            }
        }
    }
}

/// A destructor that gives a closure away when the runtime goes neither hangs nor panics, and the
/// closure gives its value or is cancelled.
pub fn a_destructor_can_give_a_closure_away_when_the_runtime_goes<R, B>(runtime: R, driver: B)
where
    R: Runtime + SpawnBlocking,
    B: BlockOn,
{
    const PROMISE: &str = "a destructor can give a closure away when the runtime goes";
    let needs_a_context = caught(|| drop(runtime.spawn_blocking(|| ()))).is_err();
    let give = |runtime: &R| runtime.spawn_blocking(|| 42);
    for given in in_destructors(PROMISE, runtime, driver, give) {
        let Some(mut task) = with_context(PROMISE, "spawn_blocking", needs_a_context, given) else {
            continue;
        };
        let result = result_of(PROMISE, &mut task);
        if !matches!(result, Ok(42)) {
            is_cancelled(PROMISE, result);
        }
    }
}
