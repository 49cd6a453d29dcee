//! How a task lives, and what its handle tells.

use std::future::Future;
use std::marker::PhantomPinned;
use std::task::Poll;
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Spawner, Task};

use crate::cases::waking::elsewhere;
use crate::limit::{LIMIT, at_once, eventually, within};
use crate::witness::{SeenDrop, Witness};

const SHORT: Duration = Duration::from_millis(10);

/// A task runs without being awaited, while its handle is held.
pub fn a_task_runs_without_being_awaited<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    driver.block_on(async {
        let ran = Witness::default();
        let task = runtime.spawn(run(ran.clone(), runtime.sleep(SHORT)));
        assert!(
            eventually(runtime, || ran.seen()).await,
            "a task runs without being awaited: one of {SHORT:?} has not within {LIMIT:?}"
        );
        drop(task);
    });
}

async fn run(ran: Witness, sleep: impl Future<Output = ()>) {
    sleep.await;
    ran.see();
}

/// Dropping the handle lets the task finish: before its first poll, under way, and asked before.
pub fn dropping_a_handle_lets_the_task_finish<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "dropping a handle lets the task finish";
    driver.block_on(async {
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
    });
}

/// Detaching the handle lets the task finish.
pub fn detaching_a_handle_lets_the_task_finish<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    driver.block_on(async {
        let ran = Witness::default();
        runtime
            .spawn(run(ran.clone(), runtime.sleep(SHORT)))
            .detach();
        assert!(
            eventually(runtime, || ran.seen()).await,
            "detaching a handle lets the task finish: it has not within {LIMIT:?}"
        );
    });
}

/// The handle gives the value of the task: early or late, of any type that is `Send`.
pub fn a_handle_gives_the_value<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a handle gives the value";

    /// Neither `Unpin`, `Clone`, `Copy` nor `Debug`.
    struct Awkward(String, PhantomPinned);

    fn is_free<T, H: Task<T> + Send + Unpin + 'static>(_: &H) {}

    driver.block_on(async {
        let late = runtime.spawn({
            let sleep = runtime.sleep(SHORT);
            async {
                sleep.await;
                Awkward("late".to_owned(), PhantomPinned)
            }
        });
        is_free(&late);
        let early = runtime.spawn(async { Awkward("early".to_owned(), PhantomPinned) });
        for (task, word) in [(late, "late"), (early, "early")] {
            runtime.sleep(SHORT / 5).await;
            let result = within(runtime, task).await;
            let result = result.unwrap_or_else(|| panic!("{PROMISE}: not within {LIMIT:?}"));
            let value =
                result.unwrap_or_else(|error| panic!("{PROMISE}: it gave the error: {error}"));
            assert!(
                value.0 == word,
                "{PROMISE}: it gave {:?} for {word:?}",
                value.0
            );
        }
    });
}

/// A handle can go into another task and be awaited there.
pub fn a_handle_can_be_awaited_in_another_task<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a handle can be awaited in another task";
    driver.block_on(async {
        let sleep = runtime.sleep(SHORT);
        let inner = runtime.spawn(async {
            sleep.await;
            42
        });
        let outer = within(runtime, runtime.spawn(inner)).await;
        let result = outer.unwrap_or_else(|| panic!("{PROMISE}: not within {LIMIT:?}"));
        let value = result.and_then(|inner| inner);
        assert!(
            matches!(value, Ok(42)),
            "{PROMISE}: it gave {value:?} for 42"
        );
    });
}

/// The end of a task wakes the waker of the handle's latest poll.
pub fn a_handle_wakes_the_latest_waker<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a handle wakes the latest waker";
    driver.block_on(async {
        let goal = Witness::default();
        let (first, latest) = (Witness::default(), Witness::default());
        let mut task = runtime.spawn(until(runtime.clone(), goal.clone()));
        let polls = [first.poll(&mut task), latest.poll(&mut task)];
        assert!(polls.iter().all(Poll::is_pending), "{PROMISE}: it gave {polls:?} before the end");
        goal.see();
        assert!(
            eventually(runtime, || latest.seen()).await,
            "{PROMISE}: polled by one and then by another, the end woke the first {} times and the latest never",
            first.times(),
        );
    });
}

/// A task that ends when it is told to.
async fn until<R: Runtime>(runtime: R, goal: Witness) {
    while !goal.seen() {
        runtime.sleep(Duration::from_millis(1)).await;
    }
}

/// `is_finished` is false before the end and true after it, and the value stays.
pub fn is_finished_tells_the_end<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "is_finished tells the end";
    driver.block_on(async {
        let goal = Witness::default();
        let running = until(runtime.clone(), goal.clone());
        let mut task = runtime.spawn(async {
            running.await;
            42
        });
        for _ in 0..3 {
            assert!(
                !task.is_finished(),
                "{PROMISE}: it was true of a task that was running"
            );
            runtime.sleep(SHORT / 5).await;
        }
        goal.see();
        assert!(
            eventually(runtime, || task.is_finished()).await,
            "{PROMISE}: it was false of a task that had ended, for {LIMIT:?}"
        );
        assert!(
            task.is_finished(),
            "{PROMISE}: asked once more, it was false again"
        );
        let result = within(runtime, task).await;
        assert!(
            matches!(result, Some(Ok(42))),
            "{PROMISE}: the handle gave {result:?} for 42 then"
        );
    });
}

/// `is_finished` keeps the waker of who awaits the task.
pub fn is_finished_keeps_the_waker<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "is_finished keeps the waker";
    driver.block_on(async {
        let (goal, woken) = (Witness::default(), Witness::default());
        let mut task = runtime.spawn(until(runtime.clone(), goal.clone()));
        assert!(
            woken.poll(&mut task).is_pending(),
            "{PROMISE}: the task ended too soon"
        );
        for _ in 0..3 {
            let _ = task.is_finished();
        }
        goal.see();
        assert!(
            eventually(runtime, || woken.seen()).await,
            "{PROMISE}: polled, then asked, its end woke nobody within {LIMIT:?}"
        );
    });
}

/// Tasks run at once, not one after the other.
pub fn tasks_run_at_once<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    driver.block_on(async {
        let start = runtime.now();
        // 20 s if one after the other, as each counts from its own beginning.
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
    });
}

/// A task can spawn a task, and await it or leave it.
pub fn a_task_can_spawn_a_task<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a task can spawn a task";
    driver.block_on(async {
        let left = Witness::default();
        let (inside, ran) = (runtime.clone(), left.clone());
        let task = runtime.spawn(async move {
            inside.spawn(run(ran, inside.sleep(SHORT))).detach();
            inside.spawn(async { 42 }).await
        });
        let result = within(runtime, task).await;
        assert!(
            matches!(result, Some(Ok(Ok(42)))),
            "{PROMISE}: awaited, it gave {result:?} for 42"
        );
        assert!(
            eventually(runtime, || left.seen()).await,
            "{PROMISE}: left alone, it did not finish"
        );
    });
}

/// A plain thread can make sleeps and tasks of a runtime that needs no driver.
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

/// An output is dropped exactly once, whatever became of the handle.
pub fn an_output_is_dropped_exactly_once<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
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
    driver.block_on(async {
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
    });
}
