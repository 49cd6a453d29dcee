//! What programs are run on.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use dormouse::{
    AnyRuntime, AsyncStd, BlockOn, Coalesced, FuturesPool, Smol, SmolExecutor, Threads, Tokio,
    TokioRuntime,
};

use crate::log::Log;
use crate::model::{OWNED, Profile};
use crate::program::{End, Other, Program, Step};
use crate::stage::bombs::Ours;
use crate::stage::{Host, Stage};
use crate::worker::{Job, drive};

/// A runtime by its name.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) profile: Profile,
    /// How many threads run its tasks by themselves; those of a runtime that is simply there are
    /// not counted.
    pub(crate) threads: usize,
    /// Its tasks stay on the thread that blocks on it.
    pub(crate) local: bool,
    /// It takes part unless others are named.
    pub(crate) usual: bool,
    pub(crate) run: fn(&Job, &Arc<Log>),
}

impl Kind {
    /// Whether a program can be run on it.
    pub(crate) fn takes(&self, program: &Program) -> bool {
        // Virtual time does not pass while something else works.
        let real = |step: &Step| matches!(step, Step::Inside { .. } | Step::BusyTimeout(_));
        !(self.profile.exact && program.any(real))
    }
}

pub(crate) fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Defines a kind: an owner, and the runtime that is made of it.
macro_rules! kind {
    ($name:literal, $profile:expr, $threads:expr, $usual:expr, $owner:expr, $runtime:expr) => {
        Kind {
            name: $name,
            profile: $profile,
            threads: $threads,
            local: false,
            usual: $usual,
            run: |job, log| {
                let owner = $owner;
                let runtime = ($runtime)(&owner);
                let kind = find($name).expect("it is listed under its name");
                drive(kind, job, log, owner, runtime, |owner, stage| {
                    end(kind, job.program.end, owner, stage);
                });
            },
        }
    };
}

const THERE: Profile = Profile {
    ends: false,
    exact: false,
};
#[cfg(feature = "virtual")]
const EXACT: Profile = Profile {
    ends: true,
    exact: true,
};

pub(crate) static KINDS: &[Kind] = &[
    kind!(
        "tokio",
        OWNED,
        2,
        true,
        TokioRuntime::multi_thread(2),
        TokioRuntime::handle
    ),
    kind!(
        "tokio-1",
        OWNED,
        1,
        true,
        TokioRuntime::multi_thread(1),
        TokioRuntime::handle
    ),
    kind!(
        "tokio-current-thread",
        OWNED,
        0,
        true,
        TokioRuntime::current_thread(),
        TokioRuntime::handle
    ),
    kind!("smol", THERE, 0, true, Smol, |_: &Smol| Smol),
    kind!(
        "smol-0",
        OWNED,
        0,
        true,
        SmolExecutor::new(0),
        SmolExecutor::handle
    ),
    kind!(
        "smol-1",
        OWNED,
        1,
        true,
        SmolExecutor::new(1),
        SmolExecutor::handle
    ),
    kind!(
        "smol-2",
        OWNED,
        2,
        true,
        SmolExecutor::new(2),
        SmolExecutor::handle
    ),
    kind!("async-std", THERE, 0, true, AsyncStd, |_: &AsyncStd| {
        AsyncStd
    }),
    kind!(
        "futures-1",
        OWNED,
        1,
        true,
        FuturesPool::new(1),
        FuturesPool::handle
    ),
    kind!(
        "futures-2",
        OWNED,
        2,
        true,
        FuturesPool::new(2),
        FuturesPool::handle
    ),
    kind!("threads", THERE, 0, true, Threads, |_: &Threads| Threads),
    kind!(
        "any-tokio",
        OWNED,
        2,
        true,
        AnyRuntime::new(TokioRuntime::multi_thread(2)),
        AnyRuntime::handle
    ),
    kind!(
        "any-smol-1",
        OWNED,
        1,
        true,
        AnyRuntime::new(SmolExecutor::new(1)),
        AnyRuntime::handle
    ),
    kind!(
        "any-threads",
        THERE,
        0,
        true,
        AnyRuntime::new(Threads),
        AnyRuntime::handle
    ),
    kind!(
        "coalesced-tokio",
        OWNED,
        2,
        COALESCED,
        TokioRuntime::multi_thread(2),
        |owner: &TokioRuntime| Coalesced::new(owner.handle())
    ),
    kind!(
        "coalesced-tokio-current-thread",
        OWNED,
        0,
        COALESCED,
        TokioRuntime::current_thread(),
        |owner: &TokioRuntime| Coalesced::new(owner.handle())
    ),
    kind!(
        "coalesced-smol-2",
        OWNED,
        2,
        COALESCED,
        SmolExecutor::new(2),
        |owner: &SmolExecutor| Coalesced::new(owner.handle())
    ),
    kind!(
        "coalesced-futures-1",
        OWNED,
        1,
        COALESCED,
        FuturesPool::new(1),
        |owner: &FuturesPool| Coalesced::new(owner.handle())
    ),
    kind!(
        "coalesced-async-std",
        THERE,
        0,
        COALESCED,
        AsyncStd,
        |_: &AsyncStd| Coalesced::new(AsyncStd)
    ),
    kind!(
        "coalesced-threads",
        THERE,
        0,
        COALESCED,
        Threads,
        |_: &Threads| Coalesced::new(Threads)
    ),
    #[cfg(feature = "virtual")]
    kind!(
        "virtual",
        EXACT,
        0,
        true,
        dormouse::Virtual::new(),
        dormouse::Virtual::handle
    ),
    #[cfg(feature = "virtual")]
    kind!(
        "virtual-seeded",
        EXACT,
        0,
        true,
        dormouse::Virtual::seeded(7),
        dormouse::Virtual::handle
    ),
    #[cfg(feature = "virtual")]
    kind!(
        "coalesced-virtual",
        EXACT,
        0,
        COALESCED,
        dormouse::Virtual::new(),
        |owner: &dormouse::Virtual| Coalesced::new(owner.handle())
    ),
    Kind {
        name: "ambient-tokio",
        profile: OWNED,
        threads: 2,
        local: false,
        usual: true,
        run: ambient_tokio,
    },
];

/// Whether `Coalesced` takes part unasked: once a sleep that is kept no longer stalls it.
const COALESCED: bool = false;

/// `Tokio` works inside of a runtime alone, so the thread that looks at the end enters it.
fn ambient_tokio(job: &Job, log: &Arc<Log>) {
    let owner = TokioRuntime::multi_thread(2);
    let handle = owner.handle();
    let _entered = handle.as_ref().enter();
    let kind = find("ambient-tokio").expect("it is listed under its name");
    drive(kind, job, log, owner, Tokio, |owner, stage| {
        end(kind, job.program.end, owner, stage);
    });
}

/// Drops an owner where the program says.
fn end<O, R>(kind: &Kind, end: End, owner: O, stage: &Stage<R>)
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
        // Nobody runs a task of it.
        End::InOwnTask => drop(owner),
        other => end_here(other, owner),
    }
}

/// Drops an owner that need not be `Send`.
fn end_here<O>(end: End, owner: O) {
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
