//! What a set of tasks allocates, and gives back.

use std::future::{Future, pending};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use dormouse_core::adapter::{RemoteTask, remote};
use dormouse_core::{JoinSet, Spawner};

use crate::assert_given_back;
use crate::minimal_runtime::MinimalRuntime;

/// Runs a task when it is spawned; one that does not end then is leaked, with its future.
#[derive(Clone)]
struct AtOnce;

impl Spawner for AtOnce {
    type Task<T: Send + 'static> = RemoteTask<T>;

    fn spawn<F>(&self, future: F) -> RemoteTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        let mut run = pin!(run);
        let poll = run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(poll.is_ready());
        task
    }
}

fn join<T: Send>(set: &mut JoinSet<T, AtOnce>) {
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        // Pending after 64 results in a row.
        match set.poll_join_next(&mut cx) {
            Poll::Ready(Some(result)) => drop(result.expect("it ends")),
            Poll::Ready(None) => return,
            Poll::Pending => {}
        }
    }
}

#[test]
fn a_million_tasks_in_turn_take_the_memory_of_one() {
    let info = measure(|| {
        let mut set = JoinSet::with_spawner(AtOnce);
        for number in 0..1_000_000_u32 {
            set.spawn(async move { number });
            join(&mut set);
        }
    });
    assert_given_back(&info);
    assert!(info.bytes_max < 2_000, "{info:?}");
    // The allocations of the future, of the result, and of the abort handle with the waker.
    assert!(info.count_total <= 4_000_010, "{info:?}");
}

#[test]
fn a_set_that_was_large_gives_its_memory_back() {
    let mut set = JoinSet::with_spawner(AtOnce);
    let info = measure(|| {
        for number in 0..100_000_u32 {
            set.spawn(async move { number });
        }
        join(&mut set);
    });
    assert!(info.bytes_current < 8_000, "{info:?}");
    let info = measure(|| {
        for number in 0..100_000_u32 {
            set.spawn(async move { number });
        }
        set.detach_all();
    });
    assert!(info.bytes_current < 8_000, "{info:?}");
}

/// Also if they end only after they were detached.
#[test]
fn a_set_whose_tasks_were_detached_keeps_nothing_of_their_ends() {
    let runtime = MinimalRuntime::new();
    runtime.tasks.lock().unwrap().reserve(100_000);
    let mut set = JoinSet::with_spawner(runtime.clone());
    let info = measure(|| {
        for number in 0..100_000_u32 {
            set.spawn(async move { number });
        }
        set.detach_all();
        runtime.run();
    });
    assert!(info.bytes_current < 8_000, "{info:?}");
}

/// A set in which some tasks go on is not empty: it gives back what the others took, wherever in it
/// the tasks that go on are.
#[test]
fn a_set_that_was_large_gives_its_memory_back_while_tasks_go_on() {
    for begun_before in [0, 1, 50_000, 99_999, 100_000] {
        let runtime = MinimalRuntime::new();
        runtime.tasks.lock().unwrap().reserve(100_001);
        let mut set = JoinSet::with_spawner(runtime.clone());
        let info = measure(|| {
            for number in 0..100_000_u32 {
                if number == begun_before {
                    set.spawn(pending());
                }
                set.spawn(async move { number });
            }
            if begun_before == 100_000 {
                set.spawn(pending());
            }
            runtime.run();
            let mut cx = Context::from_waker(Waker::noop());
            while set.len() > 1 {
                let _ = set.poll_join_next(&mut cx);
            }
        });
        assert!(info.bytes_current < 8_000, "{info:?}");
    }
}
