//! The runtime itself: its clock, its order, and how it ends.

use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, Sleeper, Spawner, Task, interval, task_wait_n_with, timeout};
use dormouse_virtual::{Virtual, for_seeds};

const SECOND: Duration = Duration::from_secs(1);

/// The order in which tasks run, as a list of their numbers.
type Trace = Arc<Mutex<Vec<usize>>>;

fn trace(runtime: &Virtual) -> Vec<usize> {
    let trace = Trace::default();
    for number in 0..8 {
        let (trace, runtime_of_task) = (Arc::clone(&trace), runtime.handle());
        runtime
            .spawn(async move {
                for round in 0..3 {
                    trace.lock().unwrap().push(number);
                    runtime_of_task.sleep(SECOND * (round + 1)).await;
                }
            })
            .detach();
    }
    runtime.advance(10 * SECOND);
    let trace = trace.lock().unwrap().clone();
    assert_eq!(trace.len(), 24);
    trace
}

#[test]
fn one_seed_is_one_trace() {
    let in_order: Vec<_> = (0..8).cycle().take(24).collect();
    assert_eq!(trace(&Virtual::new()), in_order);
    let seeded: Vec<_> = (0..20).map(|seed| trace(&Virtual::seeded(seed))).collect();
    for (seed, first) in (0..).zip(&seeded) {
        assert_eq!(trace(&Virtual::seeded(seed)), *first);
    }
    let differ = seeded.iter().filter(|trace| **trace != seeded[0]).count();
    assert!(
        differ >= 18,
        "{differ} of 19 other seeds have another trace"
    );
}

#[test]
fn sleeps_end_in_order_of_deadline_and_registration() {
    let runtime = Virtual::new();
    let ended = Trace::default();
    for (number, seconds) in [3, 1, 2, 1, 3].into_iter().enumerate() {
        let (sleep, ended) = (runtime.sleep(SECOND * seconds), Arc::clone(&ended));
        runtime
            .spawn(async move {
                sleep.await;
                ended.lock().unwrap().push(number);
            })
            .detach();
    }
    runtime.advance(SECOND * 3);
    assert_eq!(*ended.lock().unwrap(), [1, 3, 2, 0, 4]);
}

#[test]
fn advance_moves_the_clock_by_what_it_says() {
    let runtime = Virtual::new();
    let mut seen = Vec::new();
    let mut ticks = interval(&runtime, SECOND);
    runtime.advance(SECOND / 2);
    assert_eq!(runtime.elapsed(), SECOND / 2);
    runtime.block_on(async {
        for _ in 0..3 {
            ticks.tick().await;
            seen.push(runtime.elapsed());
        }
        // From inside the runtime, this only moves the clock.
        runtime.advance(10 * SECOND);
        seen.push(runtime.elapsed());
    });
    assert_eq!(seen, [SECOND / 2, SECOND, 2 * SECOND, 12 * SECOND]);
}

#[test]
fn a_deadlock_names_the_tasks_that_hang() {
    let runtime = Virtual::new();
    let line = line!() + 1;
    let hangs = runtime.spawn(pending::<()>());
    runtime.spawn(async {}).detach();
    let deadlock = runtime.try_block_on(hangs).unwrap_err();
    assert_eq!(deadlock.tasks().len(), 1);
    assert_eq!(deadlock.tasks()[0].line(), line);
    let text = deadlock.to_string();
    assert!(
        text.starts_with("deadlock: nothing is ready and no sleep is pending"),
        "{text}"
    );
    assert!(
        text.contains(&format!("tests/runtime.rs:{line}:")),
        "{text}"
    );

    let block_on = || runtime.block_on(pending::<()>());
    let panic = catch_unwind(AssertUnwindSafe(block_on)).unwrap_err();
    assert!(panic.downcast_ref::<String>().unwrap().contains("deadlock"));
    // The runtime is still usable.
    assert_eq!(runtime.block_on(async { 42 }), 42);
}

#[test]
fn a_far_sleep_alone_is_a_deadlock_too_and_is_called_a_sleep() {
    let runtime = Virtual::new();
    let deadlock = runtime.try_block_on(runtime.sleep(Duration::MAX));
    let text = deadlock.unwrap_err().to_string();
    assert!(
        text.contains("no pending sleep (1 in all) has a deadline that ever comes"),
        "{text}"
    );
    assert!(!text.contains("no sleep is pending"), "{text}");
    assert_eq!(runtime.elapsed(), Duration::ZERO);
    // One of a hundred years ends.
    let century = SECOND * 100 * 365 * 86_400;
    runtime.block_on(runtime.sleep(century));
    assert_eq!(runtime.elapsed(), century);
}

#[test]
fn a_wake_up_from_another_thread_is_waited_for() {
    let (sender, receiver) = mpsc::channel::<Waker>();
    let waking = thread::spawn(move || {
        let waker = receiver.recv().unwrap();
        thread::sleep(Duration::from_millis(5));
        waker.wake();
    });
    let mut polls = 0;
    Virtual::new().block_on(poll_fn(|cx| {
        polls += 1;
        if polls == 1 {
            sender.send(cx.waker().clone()).unwrap();
            return Poll::Pending;
        }
        Poll::Ready(())
    }));
    waking.join().unwrap();
}

#[test]
fn dropped_half_way_nothing_is_left() {
    let runtime = Virtual::new();
    let counted = Arc::new(());
    let mut waits = Box::pin(task_wait_n_with(&runtime, 100, 10, 7));
    let keep = Arc::clone(&counted);
    runtime
        .spawn(async move {
            pending::<()>().await;
            drop(keep);
        })
        .detach();
    let some = runtime.block_on(timeout(&runtime, 5 * SECOND, &mut waits));
    assert!(some.is_err());
    drop(waits);
    assert_eq!(Arc::strong_count(&counted), 2);
    drop(runtime);
    assert_eq!(
        Arc::strong_count(&counted),
        1,
        "a task outlived its runtime"
    );
}

#[test]
fn for_seeds_names_the_seed_that_failed() {
    let failing = || {
        for_seeds(0..100, |runtime| {
            let first = trace(&runtime)[0];
            assert!(first != 5, "task 5 went first");
        });
    };
    let payload = catch_unwind(failing).unwrap_err();
    let text = payload.downcast_ref::<String>().unwrap();
    let seed = (0..100)
        .find(|seed| trace(&Virtual::seeded(*seed))[0] == 5)
        .unwrap();
    assert!(
        text.starts_with(&format!("seed {seed}: task 5 went first")),
        "{text}"
    );
    assert!(text.contains(&format!("DORMOUSE_SEED={seed}")), "{text}");
}

/// Run on its own, and by the test below, which reads its output.
#[test]
fn every_seed_is_run_once() {
    let seen = Mutex::new(Vec::new());
    for_seeds([3, 1, 2], |runtime| {
        seen.lock().unwrap().push(trace(&runtime));
    });
    let seen = seen.into_inner().unwrap();
    println!("{} of {:?}", seen.len(), seen[0]);
    if std::env::var_os("DORMOUSE_SEED").is_none() {
        let seeded = [3, 1, 2].map(|seed| trace(&Virtual::seeded(seed)));
        assert_eq!(seen, seeded);
    }
}

#[test]
fn the_seed_of_the_variable_is_run_alone() {
    let run = |seed| {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "every_seed_is_run_once", "--nocapture"])
            .env("DORMOUSE_SEED", seed)
            .output();
        let output = output.unwrap();
        let printed = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        printed.concat()
    };
    let alone = format!("1 of {:?}", trace(&Virtual::seeded(77)));
    assert!(run("77").contains(&alone), "{}", run("77"));
    assert!(run("soon").contains("DORMOUSE_SEED is \"soon\": set it to the number of a seed"));
}
