//! Sets of tasks, step by step.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, Waker};

use dormouse_core::adapter::RemoteTask;
use dormouse_core::{BlockOn, JoinError, JoinSet, LocalJoinSet, LocalSpawner, Spawner, Task};
use dormouse_tokio::TokioRuntime;
use futures::{FutureExt, Stream};

use crate::join_set::by_hand::{ByHand, Woken, task};
use crate::mock::Root;

mod by_hand;
mod model;

/// Of any number of pending tasks, only the one that ends is polled.
#[test]
fn a_set_polls_who_has_ended_and_nobody_else() {
    const COUNT: usize = 10_000;
    let runtime = ByHand::default();
    let mut set = JoinSet::with_spawner(runtime.clone());
    for number in 0..COUNT {
        set.spawn(task(number, 0, false));
    }
    let mut cx = Context::from_waker(Waker::noop());
    for number in (0..COUNT).rev() {
        assert!(set.poll_join_next(&mut cx).is_pending());
        runtime.run(number);
        let mut poll = set.poll_join_next(&mut cx);
        if poll.is_pending() {
            poll = set.poll_join_next(&mut cx);
        }
        assert!(matches!(poll, Poll::Ready(Some(Ok(it))) if it == number));
    }
    assert_eq!(runtime.polls(), COUNT);
}

#[test]
fn results_come_in_a_row_of_64() {
    let runtime = ByHand::default();
    let mut set = JoinSet::with_spawner(runtime.clone());
    for number in 0..200 {
        set.spawn(task(number, 0, false));
        runtime.run(number);
    }
    assert_eq!(Pin::new(&mut set).size_hint(), (200, Some(200)));
    let woken = Arc::<Woken>::default();
    let waker = Waker::from(Arc::clone(&woken));
    let rows = [(); 4].map(|()| {
        let mut row = 0;
        while let Poll::Ready(Some(_)) =
            Pin::new(&mut set).poll_next(&mut Context::from_waker(&waker))
        {
            row += 1;
        }
        row
    });
    assert_eq!(rows, [64, 64, 64, 8]);
    assert_eq!(woken.times.load(Relaxed), 3, "it goes on by itself");
}

/// As the set gives memory back its tasks move to other places, while keys of theirs are queued.
#[test]
fn tasks_that_move_to_other_places_end_in_order() {
    const COUNT: usize = 1_000;
    let runtime = ByHand::default();
    let mut set = JoinSet::with_spawner(runtime.clone());
    for number in 0..COUNT {
        set.spawn(task(number, 0, false));
    }
    // A few go on at first. Of the others, three quarters are taken, so that the rest moves.
    let (mut expected, go_on): (Vec<_>, Vec<_>) = (0..COUNT).partition(|number| number % 50 != 7);
    expected.iter().for_each(|number| runtime.run(*number));
    take(&mut set, expected.drain(..600));
    let (first, last) = go_on.split_at(10);
    first.iter().for_each(|number| runtime.run(*number));
    take(&mut set, expected.into_iter().chain(first.to_vec()));
    assert_eq!(set.len(), last.len());
    set.spawn(task(COUNT, 0, false));
    runtime.run(COUNT);
    take(&mut set, [COUNT]);
    last.iter().rev().for_each(|number| runtime.run(*number));
    take(&mut set, last.iter().rev().copied());
    assert!(set.is_empty());
}

/// Takes results from the set, and asserts that they are these.
fn take(set: &mut JoinSet<usize, ByHand>, numbers: impl IntoIterator<Item = usize>) {
    for number in numbers {
        assert_eq!(set.try_join_next().map(Result::unwrap), Some(number));
    }
}

#[test]
fn in_a_task_without_budget_a_result_can_be_taken() {
    let runtime = TokioRuntime::new();
    runtime.block_on(async {
        let mut set = JoinSet::new(&runtime);
        let handle = set.spawn(async { 42 });
        while !handle.is_finished() {
            runtime.yield_now().await;
        }
        let result = std::future::poll_fn(|cx| {
            while let Poll::Ready(budget) = tokio::task::coop::poll_proceed(cx) {
                budget.made_progress();
            }
            Poll::Ready(set.try_join_next())
        });
        assert!(matches!(result.await, Some(Ok(42))));
    });
}

/// An empty set has nothing that could keep the task from other futures in it.
#[test]
fn an_empty_set_says_so_after_64_results_in_a_row() {
    let runtime = ByHand::default();
    let mut set = JoinSet::with_spawner(runtime.clone());
    for number in 0..64 {
        set.spawn(task(number, 0, false));
        runtime.run(number);
        assert_eq!(
            set.join_next().now_or_never().unwrap().unwrap().unwrap(),
            number
        );
    }
    assert!(set.is_empty());
    assert!(matches!(set.join_next().now_or_never(), Some(None)));
}

#[test]
fn after_64_results_in_a_row_one_can_be_taken_without_a_wait() {
    let runtime = ByHand::default();
    let mut set = JoinSet::with_spawner(runtime.clone());
    for number in 0..65 {
        set.spawn(task(number, 0, false));
        runtime.run(number);
    }
    for _ in 0..64 {
        assert!(set.join_next().now_or_never().is_some());
    }
    assert!(
        set.join_next().now_or_never().is_none(),
        "others have their turn"
    );
    assert!(matches!(set.try_join_next(), Some(Ok(64))));
}

#[test]
fn a_spawn_that_panics_leaves_the_set_as_it_was() {
    #[derive(Clone)]
    struct Refuses;

    impl Spawner for Refuses {
        type Task<T: Send + 'static> = RemoteTask<T>;

        fn spawn<F>(&self, future: F) -> RemoteTask<F::Output>
        where
            F: Future + Send + 'static,
            F::Output: Send + 'static,
        {
            drop(future);
            panic!("no context")
        }
    }

    let mut set = JoinSet::with_spawner(Refuses);
    let spawned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        set.spawn(async {});
    }));
    assert!(spawned.is_err() && set.is_empty());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(matches!(set.poll_join_next(&mut cx), Poll::Ready(None)));
}

#[test]
fn a_local_set_whose_tasks_were_never_run_is_cancelled() {
    let mut set = LocalJoinSet::with_spawner(ByHand::default());
    let abort = set.spawn_local(async {});
    let mut cx = Context::from_waker(Waker::noop());
    let poll = set.poll_join_next(&mut cx);
    assert!(matches!(poll, Poll::Ready(Some(Err(error))) if error.is_cancelled()));
    assert!(abort.is_finished() && set.is_empty());
}

/// A handle that is pending for n polls and wakes itself, as tokio's does without a budget.
struct Lagging<T>(usize, PhantomData<fn() -> T>);

impl<T> Future for Lagging<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.0 == 0 {
            return Poll::Ready(Err(JoinError::cancelled()));
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<T> Task for Lagging<T> {
    type Value = T;

    fn abort(&mut self) {}

    fn is_finished(&mut self) -> bool {
        self.0 == 0
    }
}

#[test]
fn a_handle_that_wakes_itself_lets_others_run_before_it_is_polled_again() {
    #[derive(Clone)]
    struct Lags;

    impl LocalSpawner for Lags {
        type LocalTask<T: 'static> = Lagging<T>;

        fn spawn_local<F>(&self, future: F) -> Lagging<F::Output>
        where
            F: Future + 'static,
            F::Output: 'static,
        {
            drop(future);
            Lagging(200, PhantomData)
        }
    }

    let mut set = LocalJoinSet::with_spawner(Lags);
    set.spawn_local(async {});
    let mut polls = 0;
    let mut root = Root::new(std::future::poll_fn(|cx| {
        polls += 1;
        set.poll_join_next(cx)
    }));
    while root.poll_if_woken().is_pending() {
        assert!(root.is_woken(), "the set was not woken");
    }
    drop(root);
    assert_eq!(
        polls, 201,
        "the set is pending each time, and then has the result"
    );
}
