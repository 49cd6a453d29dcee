//! Tasks that stay on one thread: the contract of a task, without `Send`.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::Rc;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, Task};

use crate::cases::failure::said;
use crate::limit::{LIMIT, at_once, eventually, within};
use crate::witness::Witness;

const SHORT: Duration = Duration::from_millis(5);

/// A local task need not be `Send`, runs without being awaited, and its handle gives its value.
pub fn a_local_task_gives_a_value_that_is_not_send<R, B>(runtime: &R, driver: &B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
    B: BlockOn,
{
    const PROMISE: &str = "a local task gives a value that is not Send";
    driver.block_on(async {
        let steps = Rc::new(Cell::new(0));
        let task = runtime.spawn_local({
            let (sleep, steps) = (runtime.sleep(SHORT), Rc::clone(&steps));
            async move {
                steps.set(1);
                sleep.await;
                steps.set(2);
                steps
            }
        });
        assert!(
            eventually(runtime, || steps.get() == 2).await,
            "{PROMISE}: nobody awaited it, and it came to step {} of 2",
            steps.get()
        );
        let result = within(runtime, task).await;
        assert!(
            matches!(&result, Some(Ok(given)) if Rc::ptr_eq(given, &steps)),
            "{PROMISE}: its handle gave {result:?}"
        );
    });
}

/// Local tasks run at once, not one after the other.
pub fn local_tasks_run_at_once<R: Sleeper<Sleep: 'static> + LocalSpawner, B: BlockOn>(
    runtime: &R,
    driver: &B,
) {
    const PROMISE: &str = "local tasks run at once";
    driver.block_on(async {
        let start = runtime.now();
        // 50 s if one after the other.
        let tasks = (0..200).map(|_| {
            let sleep = runtime.sleep(Duration::from_millis(250));
            within(runtime, runtime.spawn_local(sleep))
        });
        let ended = at_once(tasks).await;
        let elapsed = runtime.now() - start;
        assert!(
            ended.iter().all(|task| matches!(task, Some(Ok(())))) && elapsed < LIMIT.get(),
            "{PROMISE}: 200 tasks of 250 ms took {elapsed:?}"
        );
    });
}

/// Dropping its handle, or saying `detach`, lets a local task finish.
pub fn dropping_a_local_handle_lets_the_task_finish<R, B>(runtime: &R, driver: &B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
    B: BlockOn,
{
    const PROMISE: &str = "dropping a local handle lets the task finish";
    driver.block_on(async {
        let ended = Witness::default();
        let task = || {
            let (sleep, ended) = (runtime.sleep(SHORT), ended.clone());
            runtime.spawn_local(async move {
                sleep.await;
                ended.see();
            })
        };
        drop(task());
        task().detach();
        assert!(
            eventually(runtime, || ended.times() == 2).await,
            "{PROMISE}: of one dropped and one detached, {} came to the end",
            ended.times()
        );
    });
}

/// A local task's panic reaches its handle with its payload, and the others go on.
pub fn a_local_panic_reaches_the_handle<R, B>(runtime: &R, driver: &B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
    B: BlockOn,
{
    const PROMISE: &str = "a local panic reaches the handle";
    driver.block_on(async {
        let sleep = runtime.sleep(SHORT);
        let task = runtime.spawn_local(async {
            sleep.await;
            panic_any(42_u8)
        });
        let other = runtime.spawn_local(runtime.sleep(2 * SHORT));
        let result: Option<Result<(), _>> = within(runtime, task).await;
        let Some(Err(error)) = result else {
            panic!("{PROMISE}: its handle gave {result:?}");
        };
        let payload = error.try_into_panic().ok();
        assert!(
            payload.is_some_and(|payload| payload.downcast_ref() == Some(&42_u8)),
            "{PROMISE}: its handle gave an error without the payload"
        );
        let other = within(runtime, other).await;
        assert!(
            matches!(other, Some(Ok(()))),
            "{PROMISE}: another task gave {other:?} after it"
        );
    });
}

/// Aborting a local task drops its future before its handle resolves, as cancelled; aborting what
/// has ended keeps its value.
pub fn aborting_a_local_task_drops_its_future_first<R, B>(runtime: &R, driver: &B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
    B: BlockOn,
{
    const PROMISE: &str = "aborting a local task drops its future first";
    driver.block_on(async {
        let dropped = Witness::default();
        let mut task = runtime.spawn_local({
            let (sleep, seen) = (runtime.sleep(Duration::MAX), dropped.of_drop());
            async move {
                let _seen = seen;
                sleep.await;
            }
        });
        runtime.sleep(SHORT).await;
        assert!(!task.is_finished(), "{PROMISE}: it had ended by itself");
        task.abort();
        task.abort();
        let result = within(runtime, &mut task).await;
        assert!(
            matches!(&result, Some(Err(error)) if error.is_cancelled()),
            "{PROMISE}: its handle gave {result:?}"
        );
        assert!(dropped.seen(), "{PROMISE}: the future was still there then");

        let mut task = runtime.spawn_local(async { 42 });
        assert!(
            eventually(runtime, || task.is_finished()).await,
            "{PROMISE}: a task of no time did not end"
        );
        task.abort();
        let result = within(runtime, task).await;
        assert!(
            matches!(result, Some(Ok(42))),
            "{PROMISE}: aborted after its end, its handle gave {result:?} for 42"
        );
    });
}

/// A local task whose runtime is gone is cancelled, it does not panic.
pub fn a_local_task_whose_runtime_is_gone_is_cancelled<
    R: Sleeper<Sleep: 'static> + LocalSpawner,
>(
    runtime: R,
) {
    const PROMISE: &str = "a local task whose runtime is gone is cancelled";
    let mut task = runtime.spawn_local(runtime.sleep(Duration::MAX));
    drop(runtime);
    let start = Instant::now();
    let nobody = Witness::default();
    while start.elapsed() < LIMIT.get() {
        match catch_unwind(AssertUnwindSafe(|| nobody.poll(&mut task))) {
            Err(payload) => panic!("{PROMISE}: awaiting it panicked: {}", said(&*payload)),
            Ok(Poll::Ready(result)) => {
                let cancelled = matches!(&result, Err(error) if error.is_cancelled());
                assert!(cancelled, "{PROMISE}: its handle gave {result:?}");
                return;
            }
            Ok(Poll::Pending) => thread::sleep(Duration::from_millis(1)),
        }
    }
    panic!("{PROMISE}: {LIMIT:?} later its handle has not resolved");
}
