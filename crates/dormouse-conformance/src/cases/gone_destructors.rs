//! What the destructors of tasks can do when their runtime goes.

use std::future::pending;
use std::sync::mpsc::channel;
use std::task::Waker;
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Task};

use crate::cases::wakes_elsewhere::idle_task;
use crate::ending::{all_cancelled, ends_by_wakes, with_context};
use crate::endless::{have_begun, never_ends};
use crate::limit::LIMIT;
use crate::on_drop::OnDrop;
use crate::panics::caught;
use crate::witness::Witness;

/// A destructor that spawns a task when the runtime goes neither hangs nor panics, and that task is
/// cancelled.
pub fn a_destructor_can_spawn_when_the_runtime_goes<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a destructor can spawn when the runtime goes";
    let needs_a_context = caught(|| drop(runtime.spawn(async {}))).is_err();
    for spawned in in_destructors(PROMISE, runtime, driver, |runtime| runtime.spawn(pending())) {
        let task: Option<R::Task<()>> = with_context(PROMISE, "spawn", needs_a_context, spawned);
        all_cancelled(PROMISE, task);
    }
}

/// When the runtime goes, the destructors of its tasks can wake and abort its other tasks: a sender
/// wakes who receives, and `AbortOnDrop` aborts.
pub fn destructors_can_wake_and_abort_when_the_runtime_goes<R: Runtime, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "destructors can wake and abort when the runtime goes";
    const TASKS: usize = 8;
    let fine = Witness::default();
    let meddling = driver.block_on(async {
        let (mut idle, mut wakers) = (Vec::new(), Vec::new());
        for _ in 0..TASKS {
            let (task, waker, _) = idle_task(&runtime, PROMISE).await;
            idle.push(task);
            wakers.push(waker);
        }
        let begun = Witness::default();
        let meddles = |mut other: R::Task<()>| {
            let (mut wakers, fine) = (wakers.clone(), fine.clone());
            let meddle = move || {
                wakers.drain(..).for_each(Waker::wake);
                other.abort();
                let _ = other.is_finished();
            };
            // Says that it has not panicked.
            let meddles = OnDrop::new(move || _ = caught(meddle).map(|()| fine.see()));
            runtime.spawn(never_ends(meddles, begun.clone()))
        };
        let tasks: Vec<_> = idle.into_iter().map(meddles).collect();
        have_begun(PROMISE, &runtime, &begun, TASKS).await;
        tasks
    });
    // If it is locked in there, this hangs: the watchdog reports it.
    drop((driver, runtime));
    all_cancelled(PROMISE, meddling);
    assert!(
        fine.times() == TASKS,
        "{PROMISE}: of {TASKS} destructors that do, {} have not panicked",
        fine.times()
    );
}

/// A destructor that sleeps when the runtime goes neither hangs nor panics, and that sleep ends.
pub fn a_destructor_can_sleep_when_the_runtime_goes<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a destructor can sleep when the runtime goes";
    let needs_a_context = caught(|| drop(runtime.sleep(Duration::ZERO))).is_err();
    let made = in_destructors(PROMISE, runtime, driver, |runtime| {
        let mut dropped = Box::pin(runtime.sleep(Duration::from_secs(3_600)));
        let _ = Witness::default().poll(&mut dropped);
        let (woken, mut kept) = (
            Witness::default(),
            Box::pin(runtime.sleep(Duration::from_millis(5))),
        );
        let _ = woken.poll(&mut kept);
        (woken, kept)
    });
    for made in made {
        let Some((woken, mut sleep)) = with_context(PROMISE, "sleep", needs_a_context, made) else {
            continue;
        };
        match caught(|| woken.poll(&mut sleep).is_ready() || ends_by_wakes(&woken, &mut sleep)) {
            Ok(true) => {}
            Ok(false) => panic!("{PROMISE}: that sleep has not ended within {LIMIT:?}"),
            Err(words) => panic!("{PROMISE}: that sleep panicked: {words}"),
        }
    }
}

/// What this call gives in the destructors of two tasks when their runtime goes: one of a task that
/// has begun, and one of a task that has not.
pub(crate) fn in_destructors<R: Runtime, B: BlockOn, T: Send + 'static>(
    promise: &str,
    runtime: R,
    driver: B,
    call: impl Fn(&R) -> T + Copy + Send + 'static,
) -> Vec<Result<T, String>> {
    let (give, given) = channel();
    driver.block_on(async {
        let begun = Witness::default();
        let spawn = || {
            let (inside, give) = (runtime.clone(), give.clone());
            let calls = OnDrop::new(move || _ = give.send(caught(|| call(&inside))));
            runtime.spawn(never_ends(calls, begun.clone())).detach();
        };
        spawn();
        have_begun(promise, &runtime, &begun, 1).await;
        spawn();
    });
    drop((driver, runtime));
    let next = |over| {
        let given = given.recv_timeout(LIMIT.get());
        given.unwrap_or_else(|_| {
            panic!("{promise}: {LIMIT:?} after it, of 2 destructors {over} are over")
        })
    };
    (0..2).map(next).collect()
}
