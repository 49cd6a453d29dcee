//! `JoinSet`, on this runtime: what becomes of its tasks when it is dropped, shut down or detached.

use std::time::Duration;

use dormouse_core::{BlockOn, JoinSet, Runtime};

use crate::ending::result_of_poll;
use crate::endless::{endless, have_begun};
use crate::limit::{LIMIT, eventually, within};
use crate::results::is_cancelled;
use crate::witness::Witness;

const SHORT: Duration = Duration::from_millis(5);

/// Dropping a set aborts its tasks.
pub async fn dropping_a_set_aborts_its_tasks<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "dropping a set aborts its tasks";
    let (set, dropped) = three(PROMISE, runtime).await;
    drop(set);
    assert!(
        eventually(runtime, || dropped.times() == 3).await,
        "{PROMISE}: {LIMIT:?} later {} of 3 futures are gone",
        dropped.times()
    );
}

/// Shutting a set down waits until every future has been dropped.
pub async fn shutting_a_set_down_drops_every_future<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "shutting a set down drops every future";
    let (mut set, dropped) = three(PROMISE, runtime).await;
    let down = within(runtime, set.shutdown()).await;
    assert!(down.is_some(), "{PROMISE}: it is not over after {LIMIT:?}");
    assert!(
        dropped.times() == 3 && set.is_empty(),
        "{PROMISE}: it is over, and {} of 3 futures are gone",
        dropped.times()
    );
}

/// Detaching a set lets its tasks go on; an abort handle of one of them still aborts it.
pub async fn detaching_a_set_lets_its_tasks_finish<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "detaching a set lets its tasks finish";
    let (ended, begun, dropped) = <(Witness, Witness, Witness)>::default();
    let mut set = JoinSet::new(runtime);
    for _ in 0..3 {
        let (ended, sleep) = (ended.clone(), runtime.sleep(2 * SHORT));
        set.spawn(async move {
            sleep.await;
            ended.see();
        });
    }
    let abort = set.spawn(endless(runtime, &begun, &dropped));
    set.detach_all();
    assert!(set.is_empty(), "{PROMISE}: tasks are left in the set");
    drop(set);
    assert!(
        eventually(runtime, || ended.times() == 3).await,
        "{PROMISE}: {} of 3 tasks have come to their end within {LIMIT:?}",
        ended.times()
    );
    assert!(!dropped.seen(), "{PROMISE}: the fourth was aborted");
    abort.abort();
    assert!(
        eventually(runtime, || dropped.seen()).await,
        "{PROMISE}: detached, the fourth can't be aborted"
    );
}

/// The tasks of a set whose runtime is gone are cancelled.
pub fn a_set_whose_runtime_is_gone_is_cancelled<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a set whose runtime is gone is cancelled";
    let mut set = JoinSet::new(&runtime);
    driver.block_on(async {
        let nobody = Witness::default();
        for _ in 0..2 {
            set.spawn(endless(&runtime, &nobody, &nobody));
        }
        runtime.sleep(SHORT).await;
    });
    drop(driver);
    for _ in 0..2 {
        let result = result_of_poll(PROMISE, |cx| set.poll_join_next(cx));
        is_cancelled(PROMISE, result.expect("a task is left"));
    }
    assert!(set.is_empty(), "{PROMISE}: tasks are left in the set");
}

/// Three tasks that have begun, and do not end by themselves.
async fn three<R: Runtime>(promise: &str, runtime: &R) -> (JoinSet<(), R>, Witness) {
    let (begun, dropped) = <(Witness, Witness)>::default();
    let mut set = JoinSet::new(runtime);
    for _ in 0..3 {
        set.spawn(endless(runtime, &begun, &dropped));
    }
    have_begun(promise, runtime, &begun, 3).await;
    assert!(!dropped.seen(), "{promise}: a task ended by itself");
    (set, dropped)
}
