//! What happens to a task that panics.

use std::panic::panic_any;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dormouse_core::{Runtime, Task};

use crate::bystanders::others_run;
use crate::limit::{LIMIT, eventually};
use crate::results::{has_ended, panics_with, payload};
use crate::witness::Witness;

/// A payload of a type that no runtime can know.
#[derive(Debug, PartialEq)]
struct Burnt(u32);

/// A panic reaches the handle with its payload, of any type.
pub async fn a_panic_reaches_the_handle<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a panic reaches the handle";
    let task = runtime.spawn(async { panic!("burnt") });
    panics_with(PROMISE, runtime, task, "burnt").await;

    let number = 7;
    let task = runtime.spawn(async move { panic!("burnt {number}") });
    panics_with(PROMISE, runtime, task, "burnt 7".to_owned()).await;

    let task = runtime.spawn(async { panic_any(Burnt(7)) });
    panics_with(PROMISE, runtime, task, Burnt(7)).await;
}

/// A panic after a sleep reaches the handle too, even after a call of `is_finished`.
pub async fn a_panic_after_a_sleep_reaches_the_handle<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a panic after a sleep reaches the handle";
    for asked in [false, true] {
        let sleep = runtime.sleep(Duration::from_millis(5));
        let mut task = runtime.spawn(async {
            sleep.await;
            panic_any(Burnt(8))
        });
        if asked {
            has_ended(PROMISE, runtime, &mut task).await;
        }
        panics_with(PROMISE, runtime, task, Burnt(8)).await;
    }
}

/// A panic wakes the task that awaits the handle.
pub async fn a_panic_wakes_the_one_who_awaits<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a panic wakes the one who awaits";
    let (goal, woken) = <(Witness, Witness)>::default();
    let (inside, told) = (runtime.clone(), goal.clone());
    let mut task = runtime.spawn(async move {
        while !told.seen() {
            inside.sleep(Duration::from_millis(1)).await;
        }
        panic_any(Burnt(9))
    });
    assert!(
        woken.poll(&mut task).is_pending(),
        "{PROMISE}: the task ended too soon"
    );
    goal.see();
    assert!(
        eventually(runtime, || woken.seen()).await,
        "{PROMISE}: nobody was, within {LIMIT:?}"
    );
    drop(payload(PROMISE, runtime, task).await);
}

/// A panic reaches the handle even if the task is aborted in the poll that panics.
pub async fn a_panic_in_the_poll_of_an_abort_reaches_the_handle<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a panic in the poll of an abort reaches the handle";
    let held = Arc::new(Mutex::new(None::<R::Task<()>>));
    let (inside, sleeper) = (held.clone(), runtime.clone());
    let task = runtime.spawn(async move {
        let mut task = loop {
            sleeper.sleep(Duration::from_millis(1)).await;
            // The thread of the case may stand still before it puts the handle there.
            let put = inside.lock().unwrap().take();
            if let Some(task) = put {
                break task;
            }
        };
        task.abort();
        *inside.lock().unwrap() = Some(task);
        panic_any(Burnt(10))
    });
    *held.lock().unwrap() = Some(task);
    assert!(
        eventually(runtime, || Arc::strong_count(&held) == 1).await,
        "{PROMISE}: the task has not ended within {LIMIT:?}"
    );
    let task = held.lock().unwrap().take().expect("put there by the task");
    panics_with(PROMISE, runtime, task, Burnt(10)).await;
}

/// A panic leaves the executor alive: there are more panics than it has threads, awaited or not,
/// and the next tasks and sleeps work.
pub async fn a_panic_leaves_the_executor_alive<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a panic leaves the executor alive";
    let left = Witness::default();
    for number in 0..40 {
        let seen_drop = left.of_drop();
        let task = runtime.spawn(async move {
            let _seen_drop = seen_drop;
            panic_any(Burnt(number))
        });
        if number % 2 == 0 {
            task.detach();
        } else {
            let _: Box<_> = payload(PROMISE, runtime, task).await;
        }
    }
    assert!(
        eventually(runtime, || left.times() == 40).await,
        "{PROMISE}: of 40 tasks that panic, {} have come to it within {LIMIT:?}",
        left.times(),
    );
    others_run(PROMISE, runtime).await;
}
