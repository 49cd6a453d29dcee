//! `block_on` in a task, and on several threads at once.

use std::sync::Arc;
use std::task::Waker;
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime};

use crate::cases::block_on::{ends, inner};
use crate::cases::wakes::Idle;
use crate::clock::passes_by_itself;
use crate::limit::{LIMIT, within};

const NO_DRIVER: &str = "skipped: does not apply, as the driver is not `Send` and `Sync`";

/// `block_on` inside a task of the same runtime ends, with the value or with a panic that has a
/// message. Skipped if the driver is not `Send` and `Sync`.
pub fn block_on_inside_of_a_task_ends<R: Runtime, B: BlockOn + Send + Sync + 'static>(
    runtime: R,
    driver: Option<Arc<B>>,
) {
    const PROMISE: &str = "block_on inside of a task ends";
    let Some(driver) = driver else {
        println!("{PROMISE}: {NO_DRIVER}");
        return;
    };
    driver.block_on(async {
        let inside = Arc::clone(&driver);
        let task = runtime.spawn(async move { inner(&*inside, async {}) });
        match within(&runtime, task).await {
            Some(Ok(nested)) => ends(PROMISE, nested),
            other => panic!("{PROMISE}: the task gave {other:?} within {LIMIT:?}"),
        }
    });
}

/// Several threads can call `block_on` at once, and each is woken by its own wake-ups. Skipped if the
/// driver is not `Send` and `Sync`.
pub fn several_threads_can_block_on_at_once<R: Runtime, B: BlockOn + Send + Sync + 'static>(
    runtime: R,
    driver: Option<Arc<B>>,
) {
    const PROMISE: &str = "several threads can block_on at once";
    let Some(driver) = driver else {
        println!("{PROMISE}: {NO_DRIVER}");
        return;
    };
    if !passes_by_itself(&runtime) {
        // Virtual time does not wait for a thread that it does not know.
        return;
    }
    let blocked: Vec<_> = (0..4)
        .map(|_| {
            let ((idle, waker, over), driver) = (Idle::new(), Arc::clone(&driver));
            let sleeper = runtime.clone();
            let thread = thread::spawn(move || {
                driver.block_on(async {
                    sleeper.sleep(Duration::from_millis(2)).await;
                    idle.await;
                });
            });
            (thread, waker, over)
        })
        .collect();
    // Those that block longer are woken after the others have returned, each by the waker of its latest
    // poll. If a wake-up is lost, the watchdog reports it.
    for (thread, waker, over) in blocked {
        thread::sleep(Duration::from_millis(5));
        over.see();
        while !thread.is_finished() {
            waker.take().into_iter().for_each(Waker::wake);
            thread::sleep(Duration::from_millis(1));
        }
        thread
            .join()
            .unwrap_or_else(|_| panic!("{PROMISE}: one of them panicked"));
    }
}
