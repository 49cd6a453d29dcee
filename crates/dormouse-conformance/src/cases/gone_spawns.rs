//! Loops that spawn on a runtime that is gone: each task has ended at once, so no handle waits.

use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, JoinSet, LocalSpawner, Runtime, Sleeper, SpawnBlocking};

use crate::ending::{all_cancelled, has_no_context, result_of, soon};
use crate::endless::never_ends;
use crate::panics::{caught, elsewhere, said};
use crate::results::is_cancelled;
use crate::witness::Witness;

/// A loop that spawns anew what has ended is pending now and then, once the runtime is gone, and
/// wakes its task: otherwise it could not be dropped with its own runtime, and no timeout around it
/// would fire.
pub fn spawns_on_a_runtime_that_is_gone_let_others_run<R: Runtime, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "spawns on a runtime that is gone let others run";
    drop(driver);
    if caught(|| drop(runtime.spawn(async {}))).is_err() {
        has_no_context(PROMISE);
        return;
    }
    let_others_run(PROMISE, async || drop(runtime.spawn(async {}).await));
    // As a `select` does, which is ready if one of many is.
    let_others_run(PROMISE, async || {
        let mut handles = [(); 100].map(|()| runtime.spawn(async {}));
        poll_fn(|cx| {
            let mut polls = handles.iter_mut().map(|handle| Pin::new(handle).poll(cx));
            if polls.any(|poll| poll.is_ready()) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    });
    let_others_run(PROMISE, async || {
        let mut set = JoinSet::new(&runtime);
        set.spawn(async {});
        while set.join_next().await.is_some() {}
    });
}

/// A loop that runs closures is pending now and then, once the runtime is gone.
pub fn closures_for_a_runtime_that_is_gone_let_others_run<R, B>(runtime: R, driver: B)
where
    R: Sleeper + SpawnBlocking + 'static,
    B: BlockOn,
{
    const PROMISE: &str = "closures for a runtime that is gone let others run";
    drop(driver);
    if caught(|| drop(runtime.spawn_blocking(|| ()))).is_err() {
        has_no_context(PROMISE);
        return;
    }
    let_others_run(PROMISE, async || drop(runtime.spawn_blocking(|| ()).await));
}

/// A loop that spawns anew what has ended is pending now and then, once the runtime is gone.
pub fn local_spawns_on_a_runtime_that_is_gone_let_others_run<R, B>(runtime: R, driver: B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + 'static,
    B: BlockOn,
{
    const PROMISE: &str = "local spawns on a runtime that is gone let others run";
    drop(driver);
    let_others_run(PROMISE, async || drop(runtime.spawn_local(async {}).await));
}

fn let_others_run<F: Future<Output = ()>>(promise: &str, mut restart: impl FnMut() -> F) {
    let mut spawned = 0;
    let mut restarts = pin!(async {
        loop {
            assert!(
                spawned < MANY,
                "{promise}: {MANY} tasks, one after the other, were spawned in one poll: the handle of a \
                 task that is lost at its spawn has to be pending now and then, as `adapter::take_turn` says"
            );
            spawned += 1;
            restart().await;
        }
    });
    for _ in 0..2 {
        let woken = Witness::default();
        let pending = woken.poll(&mut restarts).is_pending();
        assert!(
            pending && soon(|| woken.seen()),
            "{promise}: nobody was woken"
        );
    }
}

/// Many more than take a moment.
const MANY: u32 = 20_000;

/// Tasks that another thread spawns while the runtime goes end: each is cancelled, and its future is
/// dropped. So is a task that is spawned after the drop of the owner while the other thread spawns.
pub fn spawns_while_the_runtime_goes_end<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "spawns while the runtime goes end";
    // A runtime that needs a context has none there.
    if elsewhere(|| drop(runtime.spawn(async {}))).is_err() {
        has_no_context(PROMISE);
        return;
    }
    driver.block_on(async { drop(runtime.spawn(async {})) });
    let (under_way, stop, dropped) = <(Witness, Witness, Witness)>::default();
    let (see, stopped, drops) = (under_way.clone(), stop.clone(), dropped.clone());
    let late = runtime.clone();
    let thread = thread::spawn(move || {
        let mut tasks = Vec::new();
        while !stopped.seen() && tasks.len() < 5_000 {
            let kept = drops.of_drop();
            tasks.push(runtime.spawn(never_ends(kept, Witness::default())));
            see.see();
        }
        tasks
    });
    while under_way.times() < 20 && !thread.is_finished() {
        thread::yield_now();
    }
    drop(driver);
    for _ in 0..20 {
        match caught(|| late.spawn(pending::<()>())) {
            Ok(mut task) => is_cancelled(PROMISE, result_of(PROMISE, &mut task)),
            Err(words) => panic!("{PROMISE}: `spawn` panicked: {words}"),
        }
    }
    thread::sleep(Duration::from_millis(2));
    stop.see();
    let tasks = match thread.join() {
        Ok(tasks) => tasks,
        Err(payload) => panic!("{PROMISE}: `spawn` panicked: {}", said(&*payload)),
    };
    let spawned = tasks.len();
    all_cancelled(PROMISE, tasks);
    assert!(
        soon(|| dropped.times() == spawned),
        "{PROMISE}: of {spawned} futures, {} have been dropped",
        dropped.times()
    );
}
