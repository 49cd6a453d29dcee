//! `task_wait_n`, its stream and its errors, whatever the runtime does.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;
use std::time::Duration;

use dormouse_core::{JoinError, task_wait_n_with, wait_n_with};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::mock::{Kept, Mock, Move, Root, Scheduler, moves, pick, play};
use crate::order::Witness;
use crate::wait_n::{mock, waits};

/// How a task is lost.
#[derive(Clone, Debug)]
enum Loss {
    Cancel(Index),
    Panic(Index),
}

fn losses() -> impl Strategy<Value = Loss> {
    let index = any::<Index>;
    prop_oneof![
        index().prop_map(Loss::Cancel),
        index().prop_map(Loss::Panic)
    ]
}

impl Loss {
    /// Cancels a task or makes it panic, if there is one.
    fn strike(&self, mock: &Mock) -> bool {
        let struck = match self {
            Self::Cancel(index) => pick(index, &mock.tasks()).map(|task| mock.cancel(task)),
            Self::Panic(index) => pick(index, &mock.asleep()).map(|sleep| mock.doom(sleep)),
        };
        struck.is_some()
    }

    fn check(&self, error: JoinError) {
        match self {
            Self::Cancel(_) => assert!(error.is_cancelled()),
            Self::Panic(_) => assert!(words(&*error.into_panic()).ends_with("was to panic")),
        }
    }

    fn check_panic(&self, payload: &(dyn Any + Send)) {
        let end = match self {
            Self::Cancel(_) => "has its runtime been shut down?",
            Self::Panic(_) => "was to panic",
        };
        assert!(words(payload).ends_with(end), "{}", words(payload));
    }
}

fn words(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
        .expect("a text")
}

fn check_nothing_left(mock: &Mock) {
    mock.run_all();
    assert_eq!((mock.live_tasks(), mock.live_sleeps()), (0, 0));
}

proptest! {
    #[test]
    fn the_list_is_whole_and_in_order(
        mock in mock(),
        (n, max_delay, seed) in waits(),
        moves in moves(),
        migrates in any::<bool>(),
        dropped in any::<bool>(),
    ) {
        let witness = Witness::new(&mock);
        let mut root = Root::new(task_wait_n_with(&mock, n, max_delay, seed));
        root.moves = migrates;
        prop_assert_eq!(mock.live_tasks(), n);
        let list = play(&mock, &mut root, &moves, |_| ());
        if dropped && list.is_none() {
            drop(root);
        } else {
            let list = list.unwrap_or_else(|| root.finish(&mock));
            prop_assert_eq!(list.len(), n);
            witness.check_list(&list);
            prop_assert_eq!(mock.live_tasks(), 0);
        }
        check_nothing_left(&mock);
    }

    #[test]
    fn the_stream_gives_each_when_its_time_has_come(
        mock in mock(),
        (n, max_delay, seed) in waits(),
        moves in moves(),
        migrates in any::<bool>(),
        dropped in any::<bool>(),
    ) {
        let mut witness = Witness::new(&mock);
        let mut root = Root::new(task_wait_n_with(&mock, n, max_delay, seed).into_stream());
        root.moves = migrates;
        let mut scheduler = Scheduler::new(&mock);
        for step in &moves {
            scheduler.make(step);
            let (Move::Poll | Move::PollForNothing) = step else { continue };
            match root.poll_next() {
                Poll::Ready(Some(delay)) => witness.see(delay),
                Poll::Ready(None) => prop_assert_eq!(witness.seen.len(), n),
                Poll::Pending => {}
            }
            let left = n - witness.seen.len();
            let hint = futures_core::Stream::size_hint(&*root.future);
            prop_assert_eq!(hint, (left, Some(left)));
        }
        if !dropped {
            root.wake();
            root.collect(&mock, |delay| witness.see(delay));
            prop_assert_eq!(&witness.seen, &crate::order::drawn(&mock, mock.start()));
        }
        drop(root);
        check_nothing_left(&mock);
    }

    #[test]
    fn a_lost_task_is_an_error_or_a_panic(
        mock in mock(),
        (n, max_delay, seed) in waits(),
        (before, after) in (moves(), moves()),
        loss in losses(),
        fallible in any::<bool>(),
    ) {
        let waits = task_wait_n_with(&mock, n, max_delay, seed);
        if fallible {
            let mut root = Root::new(waits.fallible());
            let early = play(&mock, &mut root, &before, |_| ());
            if early.is_none() && loss.strike(&mock) {
                let result = play(&mock, &mut root, &after, |_| ());
                let result = result.unwrap_or_else(|| root.finish(&mock));
                loss.check(result.expect_err("a task is lost"));
            } else {
                let list = early.unwrap_or_else(|| root.finish(&mock)).expect("none is lost");
                prop_assert_eq!(list.len(), n);
            }
        } else {
            let mut root = Root::new(waits);
            let early = play(&mock, &mut root, &before, |_| ());
            if early.is_none() && loss.strike(&mock) {
                let end = catch_unwind(AssertUnwindSafe(|| {
                    play(&mock, &mut root, &after, |_| ()).unwrap_or_else(|| root.finish(&mock))
                }));
                loss.check_panic(&*end.expect_err("a task is lost"));
            }
        }
        check_nothing_left(&mock);
    }

    #[test]
    fn a_lost_task_ends_the_stream_with_its_panic(
        (n, max_delay, seed) in waits(),
        before in moves(),
        loss in losses(),
    ) {
        let mock = Mock::new();
        let mut witness = Witness::new(&mock);
        let mut root = Root::new(task_wait_n_with(&mock, n, max_delay, seed).into_stream());
        let mut scheduler = Scheduler::new(&mock);
        before.iter().for_each(|step| scheduler.make(step));
        if loss.strike(&mock) {
            let end = catch_unwind(AssertUnwindSafe(|| {
                root.collect(&mock, |delay| witness.see(delay));
            }));
            // The delay of the lost task may have been released already, by a task with a longer
            // delay: then the list is complete.
            match end {
                Ok(()) => prop_assert_eq!(witness.seen.len(), n),
                Err(payload) => loss.check_panic(&*payload),
            }
        }
        drop(root);
        check_nothing_left(&mock);
    }
}

#[test]
fn it_gives_the_list_of_its_twin() {
    let (mock, other) = (Mock::new(), Mock::new());
    let max_delay = Duration::from_nanos(900);
    let tasks = Root::new(task_wait_n_with(&mock, 700, max_delay, 3)).finish(&mock);
    assert_eq!(
        tasks,
        Root::new(wait_n_with(&other, 700, max_delay, 3)).finish(&other)
    );
}

#[test]
fn a_dropped_list_that_was_whole_aborts_nobody() {
    let mock = Mock::new();
    let mut root = Root::new(task_wait_n_with(&mock, 20, Duration::from_nanos(90), 3));
    mock.run_all();
    mock.advance(Duration::from_nanos(90));
    for sleep in mock.due() {
        mock.fire(sleep);
    }
    mock.run_all();
    assert!(root.poll().is_ready());
    drop(root);
    assert_eq!(mock.aborts(), 0);
}

/// The waker may own whoever awaited them, and the runtime may drop the tasks much later.
#[test]
fn tasks_that_are_dropped_keep_no_waker() {
    let mock = Mock::new();
    let mut tasks = task_wait_n_with(&mock, 3, 10, 3);
    let (poll, waker) = Kept::poll(&mut tasks);
    assert!(poll.is_pending() && waker.is_kept());
    drop(tasks);
    assert!(!waker.is_kept(), "{} tasks keep it", mock.live_tasks());
}
