//! Closures that are under way when their runtime goes.
//!
//! As in [`gone`](crate::cases::gone), a runtime that is its own driver has no owner to drop.

use std::future::pending;
use std::sync::mpsc::{Sender, channel};

use dormouse_core::{BlockOn, Runtime, Sleeper, SpawnBlocking};

use crate::ending::{is_cancelled, is_its_own_driver, result_of};
use crate::limit::{LIMIT, within};
use crate::witness::{Signal, Witness};

/// A closure that has begun outlives its runtime: the drop of the owner does not wait for it, and
/// its handle gives its value.
pub fn a_closure_under_way_outlives_its_runtime<R, B>(runtime: R, driver: B)
where
    R: Sleeper + SpawnBlocking + 'static,
    B: BlockOn + 'static,
{
    const PROMISE: &str = "a closure under way outlives its runtime";
    if is_its_own_driver::<R, B>(PROMISE) {
        return;
    }
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
    B: BlockOn + 'static,
{
    const PROMISE: &str = "a closure under way keeps no runtime";
    if is_its_own_driver::<R, B>(PROMISE) {
        return;
    }
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
