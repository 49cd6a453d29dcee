//! The drop of an owner, whatever its runtime is doing and wherever it is dropped.

use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::channel;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Runtime, Task};

use crate::ending::{all_cancelled, drop_owner, result_of, soon};
use crate::endless::{are_polled_here, keeping, tasks_under_way};
use crate::limit::LIMIT;
use crate::panics::{caught, said};
use crate::results::is_cancelled;
use crate::witness::{Bomb, Witness};

/// A destructor that panics when the runtime is dropped harms neither the code that drops the owner
/// nor another task; its own task gives that panic or a cancellation.
pub fn a_destructor_that_panics_when_the_runtime_goes_harms_nobody<R: Runtime, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "a destructor that panics when the runtime goes harms nobody";
    let bombs = (0..6).map(|number| (number % 2 == 0).then(|| Bomb(number)));
    let tasks = tasks_under_way(PROMISE, &runtime, &driver, bombs);
    drop_owner(PROMISE, (driver, runtime));
    for (number, mut task) in tasks.into_iter().enumerate() {
        match result_of(PROMISE, &mut task) {
            Ok(()) => panic!("{PROMISE}: a task gave a value"),
            Err(error) if number % 2 == 0 => {
                let own = |payload: Box<dyn std::any::Any + Send>| {
                    payload.downcast_ref() == Some(&(number as u32))
                };
                let fits = error.try_into_panic().map_or(true, own);
                assert!(fits, "{PROMISE}: a task gave a panic that is not its own");
            }
            other => is_cancelled(PROMISE, other),
        }
    }
}

/// The drop of the owner does not wait for a poll that is running: that ends in its own time, and
/// then its task is cancelled.
pub fn the_drop_of_an_owner_waits_for_no_poll<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "the drop of an owner waits for no poll";
    let limit = LIMIT.get() / 2;
    let (begun, over) = <(Witness, Witness)>::default();
    let (release, released) = channel::<()>();
    if are_polled_here(&runtime, &driver) {
        println!("{PROMISE}: skipped: does not apply, as `block_on` polls the tasks on its thread");
        return;
    }
    let mut tasks = Vec::new();
    driver.block_on(async {
        let (see_begun, see_over) = (begun.clone(), over.clone());
        let blocks = async move {
            see_begun.see();
            // The sender is dropped once the owner has been.
            _ = released.recv_timeout(limit);
            see_over.see();
            pending::<()>().await;
        };
        tasks.push(runtime.spawn(blocks));
    });
    let start = Instant::now();
    while !begun.seen() {
        if start.elapsed() > limit {
            println!(
                "{PROMISE}: skipped: does not apply, as tasks are polled only in a `block_on`"
            );
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    if over.seen() {
        println!("{PROMISE}: skipped: does not apply, as `block_on` waits for every task");
        return;
    }
    drop((driver, runtime));
    assert!(
        !over.seen(),
        "{PROMISE}: it returned only when the poll of a task had ended, after {limit:?}"
    );
    drop(release);
    let promise = format!("{PROMISE}, and ends its task after it");
    all_cancelled(&promise, tasks);
}

/// A task that is always ready ends soon after its owner is dropped: it is polled at most 100 times
/// more.
///
/// The threads of tokio 1.54 look every 61 polls whether they should end.
pub fn a_busy_task_ends_soon_after_its_owner<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a busy task ends soon after its owner";
    let (polled, mut tasks) = (Witness::default(), Vec::new());
    let see = polled.clone();
    driver.block_on(async {
        tasks.push(runtime.spawn(poll_fn(move |cx| {
            see.see();
            thread::sleep(Duration::from_millis(1));
            cx.waker().wake_by_ref();
            Poll::<()>::Pending
        })));
        while polled.times() < 3 {
            // On virtual time, a sleep would wait until that task rests.
            runtime.yield_now().await;
        }
    });
    drop((driver, runtime));
    let before = polled.times();
    all_cancelled(PROMISE, tasks);
    let more = polled.times() - before;
    assert!(more <= 100, "{PROMISE}: it was polled {more} times more");
}

/// The owner can be dropped in one of its own tasks: that drop returns, and the other tasks are
/// cancelled.
///
/// It is not in the list of the cases, as not every owner is `Send` or has threads for its tasks.
/// An adapter whose owner is and has calls this in a test of its own, under
/// [`watch`](crate::watch).
pub fn an_owner_can_go_in_a_task_of_its_own<R: Runtime, B: BlockOn + Send + 'static>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "an owner can go in a task of its own";
    let (sender, receiver) = channel();
    let mut others = Vec::new();
    driver.block_on(async { others.push(runtime.spawn(pending::<()>())) });
    let own = runtime.spawn(async move {
        drop(driver);
        _ = sender.send(());
    });
    own.detach();
    let gone = receiver.recv_timeout(LIMIT.get());
    assert!(
        gone.is_ok(),
        "{PROMISE}: that drop has not returned within {LIMIT:?}"
    );
    all_cancelled(PROMISE, others);
}

/// The owner can be dropped while a panic unwinds. Its tasks are cancelled nevertheless, and their futures
/// dropped, whether or not anybody asks their handles.
pub fn a_runtime_can_go_while_a_panic_unwinds<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a runtime can go while a panic unwinds";
    let dropped = Witness::default();
    let mut tasks = Vec::new();
    driver.block_on(async {
        let sleep = runtime.sleep(Duration::MAX);
        tasks.push(runtime.spawn(keeping(dropped.of_drop(), sleep)));
    });
    let unwound = catch_unwind(AssertUnwindSafe(move || {
        let _owner = driver;
        resume_unwind(Box::new(7_u32));
    }));
    assert!(
        soon(|| dropped.seen()),
        "{PROMISE}: {LIMIT:?} later, the future of a task is still there"
    );
    let payload = unwound.expect_err("it panics");
    assert!(
        payload.downcast_ref() == Some(&7_u32),
        "{PROMISE}: another panic came out of it: {}",
        said(&*payload)
    );
    all_cancelled(PROMISE, tasks);
    drop(runtime);
}

/// The owner can be dropped inside the `block_on` of another runtime.
pub fn a_runtime_can_go_inside_of_another<R: Runtime, B: BlockOn, A: Runtime, D: BlockOn>(
    runtime: R,
    driver: B,
    _other_runtime: A,
    other_driver: D,
) {
    const PROMISE: &str = "a runtime can go inside of another";
    let mut tasks = Vec::new();
    driver.block_on(async { tasks.push(runtime.spawn(runtime.sleep(Duration::MAX))) });
    let dropped = other_driver.block_on(async { caught(|| drop((driver, runtime))) });
    if let Err(words) = dropped {
        panic!("{PROMISE}: its drop panicked: {words}");
    }
    all_cancelled(PROMISE, tasks);
}
