//! What a set of tasks allocates, and gives back.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use dormouse_core::adapter::{RemoteTask, remote};
use dormouse_core::{JoinSet, Spawner};

use crate::assert_given_back;

/// Runs a task to its end when it is spawned.
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
    // The allocations of the future, of the result, of the bell, and of the abort handle.
    assert!(info.count_total <= 5_000_010, "{info:?}");
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
