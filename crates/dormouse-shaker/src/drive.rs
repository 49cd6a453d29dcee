//! Drives a program on a runtime, and checks the runtime while it ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{BlockOn, JoinError, Task, Threads, timeout};

use crate::kind::{Job, Kind};
use crate::log::Log;
use crate::stage::bombs::word;
use crate::stage::{Host, Stage, join_word};

/// Runs a program on an owner, through a handle of it, and drops the owner by `end`.
pub(crate) fn drive<O, R>(
    kind: &Kind,
    job: &Job,
    log: &Arc<Log>,
    owner: O,
    runtime: R,
    end: impl FnOnce(O, &Stage<R>),
) where
    O: BlockOn,
    R: Host,
{
    let start = Instant::now();
    let stage = Stage::new(runtime, Arc::clone(log), job.tick);
    let root = catch_unwind(AssertUnwindSafe(|| {
        owner.block_on(stage.run(&job.program.root));
    }));
    let ended = root.map_or_else(
        |payload| format!("panicked: {}", word(payload)),
        |()| "value".into(),
    );
    log.see_at("root".into(), ended);
    if log.live() == 0 {
        // Otherwise the tasks that are left would go on meanwhile.
        all_threads_serve(kind, &owner, &stage);
    }
    end(owner, &stage);
    if kind.profile.ends {
        refuses(&stage);
    }
    settle(kind, job, start, log);
    empty(kind, &stage);
    if kind.profile.ends {
        threads_end(log);
    }
}

/// Checks that no thread of the runtime was lost: runs as many tasks at a time as it has threads.
///
/// A worker of tokio that takes both tasks may leave the second in its own queue without waking
/// another worker: in tokio 1.54.1, a worker that goes to sleep can miss a task that is moving
/// between two queues. The next spawn wakes that worker, so tasks that do nothing are spawned
/// meanwhile.
fn all_threads_serve<R: Host>(kind: &Kind, owner: &impl BlockOn, stage: &Stage<R>) {
    let here = Arc::new(AtomicUsize::new(0));
    let (all, start) = (kind.threads, Instant::now());
    let waits = move |here: &AtomicUsize| here.load(SeqCst) < all && start.elapsed() < LIMIT;
    let tasks: Vec<_> = (0..all.max(1))
        .map(|_| {
            let here = Arc::clone(&here);
            stage.runtime.spawn(async move {
                here.fetch_add(1, SeqCst);
                while waits(&here) {
                    thread::sleep(Duration::from_micros(200));
                }
                here.load(SeqCst) >= all
            })
        })
        .collect();
    while waits(&here) {
        thread::sleep(Duration::from_micros(500));
        stage.runtime.spawn(async {}).detach();
    }
    for task in tasks {
        let served = owner.block_on(task);
        let right = matches!(served, Ok(true));
        stage.log.check(right, || {
            format!("a thread of the runtime is lost: {served:?}")
        });
    }
}

/// Checks that a runtime that is gone cancels what is spawned on it.
fn refuses<R: Host>(stage: &Stage<R>) {
    let check = |result: Option<Result<(), JoinError>>, what: &str| {
        let cancelled =
            result.is_some_and(|result| result.is_err_and(|error| error.is_cancelled()));
        let what = || format!("a {what} on a runtime that is gone");
        stage.log.check(cancelled, what);
    };
    check(wait(stage.runtime.spawn(async {})), "spawn");
    check(wait(stage.runtime.spawn_blocking(|| ())), "spawn_blocking");
}

/// Waits until every task that will end has ended.
fn settle(kind: &Kind, job: &Job, started: Instant, log: &Log) {
    let start = Instant::now();
    if kind.profile.ends {
        while log.live() > 0 && start.elapsed() < LIMIT {
            thread::sleep(Duration::from_micros(300));
        }
        log.check(log.live() == 0, || format!("{} tasks live on", log.live()));
    } else {
        let long = job.end * 2 + job.tick * 5;
        // If some tasks never end, more may be spawned after the number has first fallen to that.
        let over = || {
            log.live() == 0 || log.live() <= job.unended && started.elapsed() > job.end + job.tick
        };
        while !over() && start.elapsed() < long {
            thread::sleep(Duration::from_micros(300));
        }
    }
}

/// Awaits what was kept.
fn empty<R: Host>(kind: &Kind, stage: &Stage<R>) {
    let bag = stage.take_bag();
    for (id, mut task) in bag.tasks {
        if !kind.profile.ends {
            let soon = Threads.block_on(timeout(&Threads, SOON, &mut task));
            if let Ok(result) = soon {
                stage.log.see(id, "join", join_word(id, result));
                continue;
            }
            task.abort();
        }
        match wait(task) {
            Some(result) => stage.log.see(id, "join", join_word(id, result)),
            None => stage.log.wrong(format!("#{id}: a handle never resolves")),
        }
    }
    for (id, deadline, sleep) in bag.sleeps {
        match wait(sleep) {
            Some(()) => stage.on_time(id, deadline),
            None => stage.log.wrong(format!("#{id}: a sleep never ends")),
        }
    }
}

/// Checks that the threads that the runtime has started end with it.
fn threads_end(log: &Log) {
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        if threads() == 0 {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    log.wrong(format!("{} threads of the runtime live on", threads()));
}

/// How many threads of this process belong to a runtime that has an owner.
fn threads() -> usize {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return 0;
    };
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    let ours = ["tokio-rt-worker", "dormouse-smol-", "dormouse-future"];
    names
        .filter(|name| ours.iter().any(|ours| name.starts_with(ours)))
        .count()
}

fn wait<F: Future>(future: F) -> Option<F::Output> {
    Threads.block_on(timeout(&Threads, LIMIT, future)).ok()
}

/// Much longer than any program takes, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(10);

/// A task that has ended may not have told its handle yet.
const SOON: Duration = Duration::from_millis(20);
