//! Streams leave time to other futures in their task, and a spawn that panics leaves no tasks.

use std::future::{Future, Ready, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::Poll;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Sleeper, Spawner, task_wait_n, task_wait_n_with, wait_n};
use dormouse_smol::SmolExecutor;
use futures::Stream;

use crate::mock::{Mock, Root};

/// A sleeper whose sleeps are ready at once.
struct AtOnce;

impl Sleeper for AtOnce {
    type Sleep = Ready<()>;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, _: Instant) -> Ready<()> {
        ready(())
    }
}

/// How many items come in a row in one poll of the task.
async fn in_a_row(mut stream: impl Stream + Unpin) -> usize {
    poll_fn(|cx| {
        let mut items = 0;
        while let Poll::Ready(Some(_)) = Pin::new(&mut stream).poll_next(cx) {
            items += 1;
        }
        Poll::Ready(items)
    })
    .await
}

#[test]
fn a_stream_of_waits_that_are_due_lets_others_run() {
    let mut root = Root::new(in_a_row(wait_n(&AtOnce, 1_000, 10).into_stream()));
    assert_eq!(root.poll(), Poll::Ready(64));
    assert!(root.is_woken(), "it goes on by itself");
}

#[test]
fn a_stream_of_tasks_that_have_ended_lets_others_run() {
    let runtime = SmolExecutor::new(0);
    let items = runtime.block_on(async {
        let tasks = task_wait_n(&runtime, 1_000, 0).into_stream();
        runtime.sleep(Duration::from_millis(20)).await;
        in_a_row(tasks).await
    });
    assert!((1..=64).contains(&items), "{items} in a row");
}

/// A mock whose third spawn panics.
struct Refusing {
    mock: Mock,
    spawned: AtomicUsize,
}

impl Sleeper for Refusing {
    type Sleep = <Mock as Sleeper>::Sleep;

    fn now(&self) -> Instant {
        self.mock.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        self.mock.sleep_until(deadline)
    }
}

impl Spawner for Refusing {
    type Task<T: Send + 'static> = <Mock as Spawner>::Task<T>;

    fn spawn<F>(&self, future: F) -> Self::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        assert!(self.spawned.fetch_add(1, Relaxed) < 2, "no more");
        self.mock.spawn(future)
    }
}

#[test]
fn a_spawn_that_panics_leaves_no_task_behind() {
    let runtime = Refusing {
        mock: Mock::new(),
        spawned: AtomicUsize::new(0),
    };
    let spawned = catch_unwind(AssertUnwindSafe(|| {
        drop(task_wait_n_with(&runtime, 5, 10, 7));
    }));
    assert!(spawned.is_err());
    assert_eq!(runtime.mock.aborts(), 2, "those that had begun are ended");
}
