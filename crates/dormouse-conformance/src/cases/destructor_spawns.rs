//! Destructors of futures and outputs that abort and spawn.

use std::future::{Future, pending};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use dormouse_core::{AbortOnDrop, Runtime, Spawner, Task};

use crate::cases::abort::{cancelled, join, spawn_endless};
use crate::limit::{LIMIT, eventually};
use crate::witness::Witness;

/// The destructor of a task's future can abort other tasks and spawn new ones, when the task is
/// aborted: the runtime holds no lock then.
pub async fn a_destructor_can_abort_and_spawn<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a destructor can abort and spawn";

    struct SpawnsOnDrop<R: Runtime>(R, Witness);

    impl<R: Runtime> Drop for SpawnsOnDrop<R> {
        fn drop(&mut self) {
            let (sleep, ran) = (self.0.sleep(Duration::from_millis(1)), self.1.clone());
            let run = async move {
                sleep.await;
                ran.see();
            };
            self.0.spawn(run).detach();
        }
    }

    let (begun, child_dropped, spawned_ran) = <(Witness, Witness, Witness)>::default();
    let child = AbortOnDrop::new(spawn_endless(runtime, &Witness::default(), &child_dropped));
    let spawns = SpawnsOnDrop(runtime.clone(), spawned_ran.clone());
    let see = begun.clone();
    let mut task = runtime.spawn(async move {
        let (_child, _spawns) = (child, spawns);
        see.see();
        pending::<()>().await;
    });
    assert!(
        eventually(runtime, || begun.seen()).await,
        "{PROMISE}: the task has not begun"
    );
    task.abort();
    cancelled(PROMISE, join(runtime, PROMISE, task).await);
    assert!(
        eventually(runtime, || child_dropped.seen() && spawned_ran.seen()).await,
        "{PROMISE}: {LIMIT:?} later, the task that it aborts has ended: {}, and the one that it \
         spawns has run: {}",
        child_dropped.seen(),
        spawned_ran.seen()
    );
}

/// The destructor of a task's future can abort other tasks and spawn new ones when the task ends by
/// itself, too: after a value and after a panic; and so can that of an output that nobody takes.
pub async fn a_destructor_can_abort_and_spawn_at_the_end<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a destructor can abort and spawn at the end";

    struct SpawnsOnDrop<R: Runtime>(R, Witness, Child<R>);
    type Child<R> = AbortOnDrop<<R as Spawner>::Task<()>>;

    impl<R: Runtime> Drop for SpawnsOnDrop<R> {
        fn drop(&mut self) {
            let ran = self.1.clone();
            self.0.spawn(async move { ran.see() }).detach();
        }
    }

    /// Ends at its first poll.
    struct Ends<R: Runtime>(Option<SpawnsOnDrop<R>>, &'static str);

    impl<R: Runtime> Unpin for Ends<R> {}

    impl<R: Runtime> Future for Ends<R> {
        type Output = Option<SpawnsOnDrop<R>>;

        fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
            assert!(self.1 != "panics", "a future of the test panics");
            Poll::Ready((self.1 == "gives it").then(|| self.0.take()).flatten())
        }
    }

    for how in ["ends", "panics", "gives it"] {
        let (ran, child_dropped) = <(Witness, Witness)>::default();
        let child = spawn_endless(runtime, &Witness::default(), &child_dropped);
        let spawns = SpawnsOnDrop(runtime.clone(), ran.clone(), AbortOnDrop::new(child));
        runtime.spawn(Ends(Some(spawns), how)).detach();
        // If it is locked in there, time may stand still: the watchdog reports it.
        assert!(
            eventually(runtime, || ran.seen() && child_dropped.seen()).await,
            "{PROMISE}: {LIMIT:?} after the end of one that {how}, the task that it aborts has ended: {}, and \
             the one that it spawns has run: {}",
            child_dropped.seen(),
            ran.seen()
        );
    }
}
