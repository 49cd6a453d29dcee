//! Tasks that are aborted from elsewhere than their handles.

use std::task::Poll;
use std::thread;
use std::time::Duration;

use dormouse_core::{AbortHandle, Runtime, Task, abortable};

use crate::cases::handle::panics_when_polled;
use crate::endless::{endless, have_begun};
use crate::limit::{LIMIT, eventually};
use crate::panics::elsewhere;
use crate::results::{is_cancelled, join};
use crate::witness::{SeenDrop, Witness};

/// An abort handle ends a task that sleeps, while the task's handle is awaited: the future is
/// dropped before that handle resolves.
pub async fn an_abort_handle_ends_a_task_that_sleeps<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "an abort handle ends a task that sleeps";
    for from_elsewhere in [false, true] {
        let (begun, dropped, woken) = <(Witness, Witness, Witness)>::default();
        let (mut task, abort) = abortable(runtime.spawn(endless(runtime, &begun, &dropped)));
        have_begun(PROMISE, runtime, &begun, 1).await;
        assert!(
            woken.poll(&mut task).is_pending() && !abort.is_finished(),
            "{PROMISE}: the task ended by itself"
        );
        let other = abort.clone();
        drop(abort);
        if from_elsewhere {
            elsewhere(|| other.abort())
                .unwrap_or_else(|message| panic!("{PROMISE}: it panicked: {message}"));
        } else {
            other.abort();
        }
        assert!(
            eventually(runtime, || woken.seen()).await,
            "{PROMISE}: {LIMIT:?} later the one who awaits it has not been woken"
        );
        is_cancelled(PROMISE, join(runtime, PROMISE, &mut task).await);
        assert!(
            dropped.times() == 1 && other.is_finished() && task.is_finished(),
            "{PROMISE}: its handle has resolved, and its future was dropped {} times",
            dropped.times()
        );
        other.abort();
        panics_when_polled(PROMISE, &mut task, "after a cancellation");
    }
}

/// An abort handle does nothing to a task that has ended, which keeps its value.
pub async fn an_abort_handle_keeps_the_value<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "an abort handle keeps the value";
    let (task, abort) = abortable(runtime.spawn(async { 42 }));
    assert!(
        eventually(runtime, || abort.is_finished()).await,
        "{PROMISE}: the task has not ended"
    );
    abort.abort();
    let result = join(runtime, PROMISE, task).await;
    assert!(
        matches!(result, Ok(42)),
        "{PROMISE}: it gave {result:?} for 42"
    );
}

/// An abort handle works after the handle was dropped; until then the task goes on, and an output
/// that can't be taken is dropped at the end of the task.
pub async fn an_abort_handle_outlives_the_handle<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "an abort handle outlives the handle";
    let (begun, dropped) = <(Witness, Witness)>::default();
    let (task, abort) = abortable(runtime.spawn(endless(runtime, &begun, &dropped)));
    drop(task);
    have_begun(PROMISE, runtime, &begun, 1).await;
    runtime.sleep(Duration::from_millis(5)).await;
    assert!(
        !dropped.seen() && !abort.is_finished(),
        "{PROMISE}: the task ended by itself"
    );
    abort.abort();
    assert!(
        eventually(runtime, || dropped.seen()).await,
        "{PROMISE}: {LIMIT:?} later its future is still there"
    );

    for wait in [Duration::ZERO, Duration::from_millis(10)] {
        let (output, sleep) = (Witness::default(), runtime.sleep(wait));
        let value: SeenDrop = output.of_drop();
        let (mut task, abort) = abortable(runtime.spawn(async move {
            sleep.await;
            value
        }));
        let asked = Witness::default();
        if let Poll::Ready(result) = asked.poll(&mut task) {
            drop(result);
        } else {
            task.detach();
        }
        assert!(
            eventually(runtime, || output.times() == 1).await,
            "{PROMISE}: the output of one that was detached was dropped {} times",
            output.times()
        );
        drop(abort);
    }
}

/// While another thread asks the abort handles of tasks whether they have ended, the outputs of
/// those tasks are dropped; and a task that has ended is never said to run.
pub async fn an_abort_handle_can_be_asked_by_two_threads<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "an abort handle can be asked by two threads";
    const TASKS: usize = 300;
    let outputs = Witness::default();
    let (tasks, aborts): (Vec<_>, Vec<_>) = (0..TASKS)
        .map(|_| {
            let output: SeenDrop = outputs.of_drop();
            abortable(runtime.spawn(async move { output }))
        })
        .unzip();
    let (stop, theirs) = (Witness::default(), aborts.clone());
    let stopped = stop.clone();
    let asking = thread::spawn(move || {
        while !stopped.seen() {
            for abort in &theirs {
                let _ = abort.is_finished();
            }
        }
        theirs
    });
    tasks.into_iter().for_each(Task::detach);
    let all = eventually(runtime, || outputs.times() == TASKS).await;
    stop.see();
    let theirs = asking.join().expect("it does not panic");
    assert!(
        all,
        "{PROMISE}: of {TASKS} outputs {} have been dropped within {LIMIT:?}",
        outputs.times()
    );
    let running = |aborts: &[AbortHandle]| {
        let asked = (0..20).flat_map(|_| aborts);
        asked.filter(|abort| !abort.is_finished()).count()
    };
    let there = thread::spawn(move || running(&theirs));
    let running = running(&aborts) + there.join().expect("it does not panic");
    assert_eq!(
        running, 0,
        "{PROMISE}: `is_finished` was {running} times `false` after the task had ended"
    );
}
