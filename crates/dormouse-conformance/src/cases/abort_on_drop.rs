//! The wrapper of a handle that ends its task when dropped.

use std::time::Duration;

use dormouse_core::{AbortOnDrop, Runtime, Task};

use crate::endless::{endless, have_begun};
use crate::limit::{LIMIT, eventually};
use crate::results::gives;
use crate::witness::Witness;

/// `AbortOnDrop` aborts: its drop ends the task.
pub async fn abort_on_drop_aborts<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "AbortOnDrop aborts";
    let (begun, dropped) = Default::default();
    let task = AbortOnDrop::new(runtime.spawn(endless(runtime, &begun, &dropped)));
    have_begun(PROMISE, runtime, &begun, 1).await;
    assert!(
        !dropped.seen(),
        "{PROMISE}: the task ended while it was held"
    );
    drop(task);
    assert!(
        eventually(runtime, || dropped.seen()).await,
        "{PROMISE}: {LIMIT:?} after its drop the task's future is still there"
    );
    let task = AbortOnDrop::new(runtime.spawn(async { 42 }));
    gives(PROMISE, "awaited, it", runtime, task, 42).await;
}

/// `AbortOnDrop` can be detached, and the task then goes on.
pub async fn abort_on_drop_can_be_detached<R: Runtime>(runtime: &R) {
    let (ended, sleep) = (Witness::default(), runtime.sleep(Duration::from_millis(10)));
    let see = ended.clone();
    let task = runtime.spawn(async move {
        sleep.await;
        see.see();
    });
    AbortOnDrop::new(task).detach();
    assert!(
        eventually(runtime, || ended.seen()).await,
        "AbortOnDrop can be detached: the task has not finished within {LIMIT:?}"
    );
}
