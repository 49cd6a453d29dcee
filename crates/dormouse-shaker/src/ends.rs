//! Where an owner is dropped.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use dormouse::{BlockOn, FuturesPool, Smol, Threads, TokioRuntime};

use crate::kind::Kind;
use crate::program::{End, Other};
use crate::stage::bombs::Ours;
use crate::stage::{Host, Stage};

/// Drops an owner where the program says.
pub(crate) fn end<O, R>(kind: &Kind, end: End, owner: O, stage: &Stage<R>)
where
    O: BlockOn + Send + Sync + 'static,
    R: Host,
{
    match end {
        End::Outside => drop(owner),
        End::InOwnTask if kind.threads > 0 => {
            let dropped = Arc::new(AtomicBool::new(false));
            let seen = Arc::clone(&dropped);
            let task = stage.runtime.spawn(async move {
                drop(owner);
                seen.store(true, SeqCst);
            });
            task_is_over(&dropped, task, stage);
        }
        // No thread would run such a task.
        End::InOwnTask => drop(owner),
        other => end_here(other, owner),
    }
}

/// Drops an owner that need not be `Send`.
pub(crate) fn end_here<O>(end: End, owner: O) {
    match end {
        End::Outside | End::InOwnTask => drop(owner),
        End::Unwinding => {
            let unwound = catch_unwind(AssertUnwindSafe(|| {
                let _owner = owner;
                panic_any(Ours("the thread unwinds".into()));
            }));
            drop(unwound);
        }
        End::InOther(other) => {
            let owner = Cell::new(Some(owner));
            let end = async { drop(owner.take()) };
            match other {
                Other::Tokio => TokioRuntime::multi_thread(1).block_on(end),
                Other::TokioCurrentThread => TokioRuntime::current_thread().block_on(end),
                Other::Smol => Smol.block_on(end),
                Other::Futures => FuturesPool::new(1).block_on(end),
                Other::Threads => Threads.block_on(end),
            }
        }
    }
}

/// The task that drops its own runtime runs on to the end of its poll.
fn task_is_over<R: Host>(dropped: &AtomicBool, task: R::Task<()>, stage: &Stage<R>) {
    for _ in 0..10_000 {
        if dropped.load(SeqCst) {
            drop(task);
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    stage
        .log
        .wrong("an owner's drop in its own task does not return".into());
}
