//! Futures that keep a value until they are dropped, and tasks that never end by themselves.

use std::future::{Future, pending, poll_fn};
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Sleeper};

use crate::limit::{LIMIT, eventually, within};
use crate::witness::Witness;

/// Runs a future, and keeps a value until this one is dropped: after its last poll, not in it.
pub(crate) fn keeping<T, F: Future>(kept: T, future: F) -> impl Future<Output = F::Output> {
    let mut future = Box::pin(future);
    poll_fn(move |cx| {
        let _ = &kept;
        future.as_mut().poll(cx)
    })
}

/// Never ends, and keeps a value until it is dropped.
pub(crate) async fn never_ends<T>(_kept: T, begun: Witness) {
    begun.see();
    pending::<()>().await;
}

/// Counted as dropped only after its destructor, which takes a while: a handle that resolves before
/// the future is dropped is caught.
pub(crate) struct SlowDrop(pub(crate) Witness);

impl Drop for SlowDrop {
    fn drop(&mut self) {
        thread::sleep(Duration::from_millis(20));
        self.0.see();
    }
}

/// The future of a task that sleeps for ever.
pub(crate) fn endless<R: Runtime>(
    runtime: &R,
    begun: &Witness,
    dropped: &Witness,
) -> impl Future<Output = ()> + Send + use<R> {
    let (kept, begun) = (SlowDrop(dropped.clone()), begun.clone());
    let sleep = runtime.sleep(Duration::MAX);
    async move {
        let _kept = kept;
        begun.see();
        sleep.await;
        pending::<()>().await;
    }
}

/// A task that sleeps for ever and has begun, and what sees its drop.
pub(crate) async fn asleep<R: Runtime>(promise: &str, runtime: &R) -> (R::Task<()>, Witness) {
    let (begun, dropped) = <(Witness, Witness)>::default();
    let task = runtime.spawn(endless(runtime, &begun, &dropped));
    have_begun(promise, runtime, &begun, 1).await;
    (task, dropped)
}

/// Waits until so many tasks have begun.
pub(crate) async fn have_begun<S: Sleeper>(
    promise: &str,
    sleeper: &S,
    begun: &Witness,
    tasks: usize,
) {
    assert!(
        eventually(sleeper, || begun.times() >= tasks).await,
        "{promise}: of {tasks} tasks, {} have begun within {LIMIT:?}",
        begun.times()
    );
}

/// So many tasks that have begun and never end, and each keeps one of these values.
pub(crate) fn tasks_under_way<R: Runtime, B: BlockOn, T: Send + 'static>(
    promise: &str,
    runtime: &R,
    driver: &B,
    kept: impl IntoIterator<Item = T>,
) -> Vec<R::Task<()>> {
    let begun = Witness::default();
    driver.block_on(async {
        let spawn = |kept| runtime.spawn(never_ends(kept, begun.clone()));
        let tasks: Vec<_> = kept.into_iter().map(spawn).collect();
        have_begun(promise, runtime, &begun, tasks.len()).await;
        tasks
    })
}

/// Whether `block_on` polls the tasks on its own thread.
pub(crate) fn are_polled_here<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) -> bool {
    let there = driver.block_on(async {
        let id = runtime.spawn(async { thread::current().id() });
        within(runtime, id).await
    });
    matches!(there, Some(Ok(there)) if there == thread::current().id())
}
