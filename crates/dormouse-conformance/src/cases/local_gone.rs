//! What becomes of local tasks when their runtime goes.

use std::future::pending;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper};

use crate::ending::{gives_a_handle, result_of};
use crate::endless::never_ends;
use crate::results::is_cancelled;
use crate::witness::Witness;

/// A spawn of a local task on a runtime that is gone gives a cancelled task.
pub fn a_local_spawn_on_a_runtime_that_is_gone_is_cancelled<R, B>(runtime: R, driver: B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + 'static,
    B: BlockOn,
{
    const PROMISE: &str = "a local spawn on a runtime that is gone is cancelled";
    drop(driver);
    let mut task = runtime.spawn_local(pending::<()>());
    is_cancelled(PROMISE, result_of(PROMISE, &mut task));
    gives_a_handle(PROMISE, "spawn_local", |bomb| {
        runtime.spawn_local(never_ends(bomb, Witness::default()))
    });
}
