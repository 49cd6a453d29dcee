//! `LocalJoinSet` and `LocalAbortHandle`, on this runtime.

use std::rc::Rc;
use std::time::Duration;

use dormouse_core::{LocalJoinSet, LocalSpawner, Sleeper, Task, abortable_local};

use crate::endless::{have_begun, keeping, never_ends};
use crate::limit::{LIMIT, eventually, within};
use crate::results::is_cancelled;
use crate::witness::{Signal, Witness};

const SHORT: Duration = Duration::from_millis(5);

/// A local set gives results that are not `Send`, in the order in which its tasks end.
pub async fn a_local_set_gives_results_as_its_tasks_end<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone,
{
    const PROMISE: &str = "a local set gives results as its tasks end";
    let signals = [(); 4].map(|()| Signal::default());
    let shared = Rc::new(());
    let mut set = LocalJoinSet::new(runtime);
    for (number, signal) in signals.iter().enumerate() {
        let (signal, shared) = (signal.clone(), Rc::clone(&shared));
        set.spawn_local(async move {
            signal.told().await;
            (number, shared)
        });
    }
    for number in [2, 0, 3, 1] {
        signals[number].tell();
        let result = within(runtime, set.join_next()).await;
        assert!(
            matches!(&result, Some(Some(Ok((it, _)))) if *it == number),
            "{PROMISE}: it gave {result:?} after the end of {number}"
        );
    }
    assert!(
        set.is_empty() && Rc::strong_count(&shared) == 1,
        "{PROMISE}: tasks are left in the set"
    );
}

/// Dropping a local set aborts its tasks.
pub async fn dropping_a_local_set_aborts_its_tasks<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone,
{
    const PROMISE: &str = "dropping a local set aborts its tasks";
    let (set, dropped) = three(PROMISE, runtime).await;
    drop(set);
    assert!(
        eventually(runtime, || dropped.times() == 3).await,
        "{PROMISE}: {LIMIT:?} later {} of 3 futures are gone",
        dropped.times()
    );
}

/// Shutting a local set down waits until every future has been dropped.
pub async fn shutting_a_local_set_down_drops_every_future<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone,
{
    const PROMISE: &str = "shutting a local set down drops every future";
    let (mut set, dropped) = three(PROMISE, runtime).await;
    let down = within(runtime, set.shutdown()).await;
    assert!(
        down.is_some() && dropped.times() == 3 && set.is_empty(),
        "{PROMISE}: {} of 3 futures are gone",
        dropped.times()
    );
}

/// A local abort handle in another task ends a task that sleeps.
pub async fn a_local_abort_handle_ends_a_task_that_sleeps<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone,
{
    const PROMISE: &str = "a local abort handle ends a task that sleeps";
    let dropped = Witness::default();
    let endless = keeping(dropped.of_drop(), runtime.sleep(Duration::MAX));
    let (mut task, abort) = abortable_local(runtime.spawn_local(endless));
    runtime.sleep(SHORT).await;
    assert!(!abort.is_finished(), "{PROMISE}: it ended by itself");
    let other = abort.clone();
    runtime.spawn_local(async move { other.abort() }).detach();
    let result = within(runtime, &mut task).await;
    match result {
        Some(result) => is_cancelled(PROMISE, result),
        None => panic!("{PROMISE}: its handle has not resolved within {LIMIT:?}"),
    }
    assert!(
        dropped.times() == 1 && abort.is_finished(),
        "{PROMISE}: its handle has resolved, and its future is still there"
    );
}

/// Three tasks that have begun, and do not end by themselves.
async fn three<R>(promise: &str, runtime: &R) -> (LocalJoinSet<(), R>, Witness)
where
    R: Sleeper + LocalSpawner + Clone,
{
    let (begun, dropped) = <(Witness, Witness)>::default();
    let mut set = LocalJoinSet::new(runtime);
    for _ in 0..3 {
        set.spawn_local(never_ends(dropped.of_drop(), begun.clone()));
    }
    have_begun(promise, runtime, &begun, 3).await;
    (set, dropped)
}
