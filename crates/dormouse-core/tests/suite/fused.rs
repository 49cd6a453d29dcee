//! Sets and streams say when nothing is left, for `select!` of futures.

use std::time::{Duration, SystemTime};

use dormouse_core::{
    BlockOn, JoinSet, LocalJoinSet, interval, system_interval, task_wait_n, wait_n,
};
use dormouse_tokio::{TokioLocal, TokioRuntime};
use futures::StreamExt;
use futures::stream::FusedStream;

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_set_is_terminated_while_it_is_empty() {
    let runtime = TokioRuntime::current_thread();
    let mut set = JoinSet::new(&runtime);
    assert!(set.is_terminated());
    for number in 0..2 {
        set.spawn(async move { number });
        assert!(!set.is_terminated());
        let next = runtime.block_on(set.select_next_some());
        assert_eq!(next.unwrap(), number);
        assert!(set.is_terminated());
    }
}

#[test]
fn so_is_a_local_set() {
    let runtime = TokioLocal::new();
    let mut set = LocalJoinSet::new(&runtime);
    assert!(set.is_terminated());
    set.spawn_local(async {});
    assert!(!set.is_terminated());
    runtime.block_on(set.select_next_some()).unwrap();
    assert!(set.is_terminated());
}

#[test]
fn waits_are_terminated_after_the_last() {
    let runtime = TokioRuntime::current_thread();
    ends_after_three(&runtime, wait_n(&runtime, 3, MS).into_stream());
    let tasks = task_wait_n(&runtime.handle(), 3, MS);
    ends_after_three(&runtime, tasks.into_stream());
}

#[test]
fn intervals_never_are() {
    let runtime = TokioRuntime::current_thread();
    let mut ticks = interval(&runtime, MS);
    let mut system_ticks = system_interval(&runtime, SystemTime::now(), MS);
    runtime.block_on(async {
        ticks.select_next_some().await;
        system_ticks.select_next_some().await;
    });
    assert!(!ticks.is_terminated() && !system_ticks.is_terminated());
}

fn ends_after_three(runtime: &impl BlockOn, mut waits: impl FusedStream<Item = f64> + Unpin) {
    for _ in 0..3 {
        assert!(!waits.is_terminated());
        runtime.block_on(waits.select_next_some());
    }
    assert!(waits.is_terminated());
    assert_eq!(runtime.block_on(waits.next()), None);
}
