//! What becomes of the futures and outputs of all tasks when their runtime goes.

use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Task};

use crate::cases::handle::panics_when_polled;
use crate::ending::{result_of, soon};
use crate::endless::{SlowDrop, are_polled_here, have_begun, never_ends, tasks_under_way};
use crate::limit::LIMIT;
use crate::panics::caught;
use crate::results::is_cancelled;
use crate::witness::Witness;

/// However many tasks a runtime has when it goes, each is cancelled and its future is dropped:
/// those that wait, and those that have not begun.
pub fn each_of_many_tasks_is_cancelled_when_the_runtime_goes<R: Runtime, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "each of many tasks is cancelled when the runtime goes";
    // A task may be as expensive as a thread.
    const TASKS: usize = 400;
    let (begun, dropped) = <(Witness, Witness)>::default();
    let spawn = || runtime.spawn(never_ends(dropped.of_drop(), begun.clone()));
    let tasks = driver.block_on(async {
        let mut tasks: Vec<_> = (0..TASKS).map(|_| spawn()).collect();
        have_begun(PROMISE, &runtime, &begun, TASKS).await;
        tasks.extend((0..TASKS).map(|_| spawn()));
        tasks
    });
    drop(driver);
    for mut task in tasks {
        assert!(
            soon(|| task.is_finished()),
            "{PROMISE}: {LIMIT:?} later, `is_finished` is false of one, and {} of {} futures have been dropped",
            dropped.times(),
            2 * TASKS
        );
        is_cancelled(PROMISE, result_of(PROMISE, &mut task));
        panics_when_polled(PROMISE, &mut task, "after its cancellation");
    }
    assert!(
        dropped.times() == 2 * TASKS,
        "{PROMISE}: all handles have resolved, and {} of {} futures have been dropped",
        dropped.times(),
        2 * TASKS
    );
    let spawned = caught(spawn);
    if let Ok(mut task) = spawned {
        is_cancelled(PROMISE, result_of(PROMISE, &mut task));
        panics_when_polled(PROMISE, &mut task, "after a spawn on one that is gone");
    }
}

/// `is_finished` is true of a task whose runtime goes only once its future has been dropped, and its
/// handle is ready then.
pub fn is_finished_waits_for_the_drop_when_the_runtime_goes<R: Runtime, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "is_finished waits for the drop when the runtime goes";
    let dropped = Witness::default();
    let slow = [SlowDrop(dropped.clone())];
    let mut task = tasks_under_way(PROMISE, &runtime, &driver, slow).remove(0);
    let asking = thread::spawn(move || {
        let finished = soon(|| task.is_finished());
        let was_dropped = dropped.seen();
        (finished, was_dropped, Witness::default().poll(&mut task))
    });
    drop((driver, runtime));
    let (finished, was_dropped, poll) = asking.join().expect("it does not panic");
    assert!(
        finished && was_dropped && poll.is_ready(),
        "{PROMISE}: it was {finished}, the future had been dropped: {was_dropped}, and the handle gave \
         {poll:?}"
    );
}

/// A runtime whose tasks run only in `block_on` drops their futures within the drop of its owner.
pub fn a_runtime_without_threads_drops_its_tasks_at_once<R: Runtime, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "a runtime without threads drops its tasks at once";
    if !are_polled_here(&runtime, &driver) {
        println!("{PROMISE}: skipped: does not apply, as it has threads of its own");
        return;
    }
    let dropped = Witness::default();
    let tasks = tasks_under_way(PROMISE, &runtime, &driver, [dropped.of_drop()]);
    tasks.into_iter().for_each(Task::detach);
    drop(driver);
    assert!(
        dropped.seen(),
        "{PROMISE}: when that drop has returned, the future of a task is still there"
    );
}

/// An output that nobody has taken is dropped with its handle, when the runtime is gone, too.
pub fn an_output_is_dropped_when_the_runtime_is_gone<R: Runtime, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "an output is dropped when the runtime is gone";
    let dropped = Witness::default();
    let [task] = driver.block_on(async {
        let output = dropped.of_drop();
        let mut task = runtime.spawn(async move { output });
        while !task.is_finished() {
            runtime.sleep(Duration::from_millis(1)).await;
        }
        [task]
    });
    drop((driver, runtime));
    assert!(!dropped.seen(), "{PROMISE}: it is gone before its handle");
    drop(task);
    assert!(
        soon(|| dropped.times() == 1),
        "{PROMISE}: {LIMIT:?} after the drop of its handle, it was dropped {} times",
        dropped.times()
    );
}
