//! How a task runs.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use dormouse_core::{BlockOn, JoinError, Runtime, Spawner, Task};

use crate::limit::{LIMIT, at_once, eventually, within};
use crate::panics::elsewhere;
use crate::results::gives;
use crate::witness::{SeenDrop, Witness};

const SHORT: Duration = Duration::from_millis(10);

/// A task runs without being awaited, while its handle is held.
pub async fn a_task_runs_without_being_awaited<R: Runtime>(runtime: &R) {
    let ran = Witness::default();
    let task = runtime.spawn(run(ran.clone(), runtime.sleep(SHORT)));
    assert!(
        eventually(runtime, || ran.seen()).await,
        "a task runs without being awaited: one of {SHORT:?} has not within {LIMIT:?}"
    );
    drop(task);
}

async fn run(ran: Witness, sleep: impl Future<Output = ()>) {
    sleep.await;
    ran.see();
}

/// Dropping the handle lets the task finish: dropped before the first poll, while the task runs,
/// after a call of `is_finished`, and after a poll.
pub async fn dropping_a_handle_lets_the_task_finish<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "dropping a handle lets the task finish";
    let spawn = |ran: &Witness| runtime.spawn(run(ran.clone(), runtime.sleep(SHORT)));
    let ran = [(); 4].map(|()| Witness::default());

    drop(spawn(&ran[0]));

    let under_way = spawn(&ran[1]);
    runtime.sleep(SHORT / 5).await;
    drop(under_way);

    let mut asked = spawn(&ran[2]);
    let _ = asked.is_finished();
    drop(asked);

    let mut polled = spawn(&ran[3]);
    let _ = Witness::default().poll(&mut polled);
    drop(polled);

    for (ran, when) in ran
        .iter()
        .zip(["at once", "under way", "asked if finished", "polled"])
    {
        assert!(
            eventually(runtime, || ran.seen()).await,
            "{PROMISE}: one whose handle was dropped ({when}) has not within {LIMIT:?}"
        );
    }
}

/// Detaching the handle lets the task finish.
pub async fn detaching_a_handle_lets_the_task_finish<R: Runtime>(runtime: &R) {
    let ran = Witness::default();
    runtime
        .spawn(run(ran.clone(), runtime.sleep(SHORT)))
        .detach();
    assert!(
        eventually(runtime, || ran.seen()).await,
        "detaching a handle lets the task finish: it has not within {LIMIT:?}"
    );
}

/// Tasks run at once, not one after the other.
pub async fn tasks_run_at_once<R: Runtime>(runtime: &R) {
    let start = runtime.now();
    // It would take 20 s if they ran one after the other, as each counts from its own
    // beginning.
    let tasks = (0..400).map(|_| {
        let inside = runtime.clone();
        runtime.spawn(async move { inside.sleep(Duration::from_millis(50)).await })
    });
    let tasks: Vec<_> = tasks.collect();
    for task in tasks {
        let _ = within(runtime, task).await;
        let elapsed = runtime.now() - start;
        assert!(
            elapsed < LIMIT.get() / 2,
            "tasks run at once: 400 of 50ms each are not over after {elapsed:?}"
        );
    }
}

/// A task can spawn another one, and await or detach it.
pub async fn a_task_can_spawn_a_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a task can spawn a task";
    let left = Witness::default();
    let (inside, ran) = (runtime.clone(), left.clone());
    let task = runtime.spawn(async move {
        inside.spawn(run(ran, inside.sleep(SHORT))).detach();
        inside.spawn(async { 42 }).await
    });
    gives(PROMISE, "awaited, it", runtime, async { task.await? }, 42).await;
    assert!(
        eventually(runtime, || left.seen()).await,
        "{PROMISE}: left alone, it did not finish"
    );
}

/// A plain thread can make sleeps and tasks on a runtime that needs no driver.
pub fn a_plain_thread_can_spawn_and_sleep<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a plain thread can spawn and sleep";
    let spawn = || runtime.spawn(runtime.sleep(SHORT));
    let before = elsewhere(spawn).unwrap_or_else(|message| panic!("{PROMISE}: {message}"));
    driver.block_on(async {
        let within_it = elsewhere(spawn).unwrap_or_else(|message| panic!("{PROMISE}: {message}"));
        for result in at_once([within(runtime, before), within(runtime, within_it)]).await {
            assert!(
                matches!(result, Some(Ok(()))),
                "{PROMISE}: the task gave {result:?}"
            );
        }
    });
}

/// An output is dropped exactly once, whatever is done with the handle.
pub async fn an_output_is_dropped_exactly_once<R: Runtime>(runtime: &R) {
    type Use<R> = fn(<R as Spawner>::Task<SeenDrop>) -> Option<<R as Spawner>::Task<SeenDrop>>;
    let uses: [(&str, Use<R>); 5] = [
        ("awaited", Some),
        ("dropped", |_| None),
        ("detached", |task| {
            task.detach();
            None
        }),
        ("asked, then dropped", |mut task| {
            let _ = task.is_finished();
            None
        }),
        ("aborted, then awaited", |mut task| {
            task.abort();
            Some(task)
        }),
    ];
    for (how, handle) in uses {
        for (when, wait) in [("before", SHORT), ("after", SHORT / 5)] {
            let drops = Witness::default();
            let (output, sleep) = (drops.of_drop(), runtime.sleep(wait));
            let task = runtime.spawn(async {
                sleep.await;
                output
            });
            runtime.sleep(SHORT / 2).await;
            if let Some(task) = handle(task) {
                drop(within(runtime, task).await);
            }
            let dropped = eventually(runtime, || drops.seen()).await;
            runtime.sleep(SHORT / 5).await;
            assert!(
                dropped && drops.times() == 1,
                "an output is dropped exactly once: with a handle that was {how} {when} the end, it was \
                 dropped {} times",
                drops.times(),
            );
        }
    }
}

/// A spawn does not poll the task: the code that spawns may hold a lock that the task takes.
pub async fn a_spawn_polls_nothing<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a spawn polls nothing";

    /// Whether it is first polled on this thread, while its spawn has not returned.
    async fn begins_in_a_spawn(spawning: Arc<Mutex<Option<ThreadId>>>) -> bool {
        let here = thread::current().id();
        *spawning.lock().unwrap_or_else(PoisonError::into_inner) == Some(here)
    }

    async fn spawns<R: Runtime>(runtime: &R) -> Option<Result<bool, JoinError>> {
        let spawning = Arc::new(Mutex::new(Some(thread::current().id())));
        let task = runtime.spawn(begins_in_a_spawn(Arc::clone(&spawning)));
        *spawning.lock().unwrap_or_else(PoisonError::into_inner) = None;
        within(runtime, task).await
    }

    let inside = runtime.clone();
    let in_a_task = runtime.spawn(async move { spawns(&inside).await });
    let in_a_task = within(runtime, in_a_task).await;
    let in_block_on = spawns(runtime).await;
    assert!(
        matches!(in_block_on, Some(Ok(false))),
        "{PROMISE}: in `block_on`, whether it did: {in_block_on:?}"
    );
    assert!(
        matches!(in_a_task, Some(Ok(Some(Ok(false))))),
        "{PROMISE}: in a task, whether it did: {in_a_task:?}"
    );
}

/// A task goes on when the `block_on` in which it was spawned returns.
pub fn a_task_outlives_its_block_on<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a task outlives its block_on";
    let [task] = driver.block_on(async {
        let sleep = runtime.sleep(SHORT);
        [runtime.spawn(async move {
            sleep.await;
            42
        })]
    });
    driver.block_on(gives(
        PROMISE,
        "awaited in the next one, it",
        runtime,
        task,
        42,
    ));
}
