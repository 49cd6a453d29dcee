//! The runtimes that programs are run on, by name.

use std::sync::Arc;

use dormouse::{
    AnyRuntime, AsyncStd, Coalesced, FuturesPool, Smol, SmolExecutor, Threads, ToHandle, Tokio,
    TokioRuntime,
};
use dormouse_conformance::__private::ThreadBound;

use crate::broken::{Broken, Promise};
use crate::drive::drive;
use crate::ends::{end, end_here};
use crate::kind::{Job, Kind};
use crate::log::Log;
use crate::model::{OWNED, Profile};

pub(crate) fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Defines a kind: an owner, whose handle is the runtime, or what makes a runtime from it.
macro_rules! kind {
    ($name:literal, $profile:expr, $threads:expr, $owner:expr) => {
        kind!($name, $profile, $threads, $owner, |owner| owner.to_handle())
    };
    ($name:literal, $profile:expr, $threads:expr, $owner:expr, |$by:ident| $runtime:expr) => {
        Kind {
            name: $name,
            profile: $profile,
            threads: $threads,
            usual: true,
            run: |kind, job, log| {
                let owner = $owner;
                let runtime = {
                    let $by = &owner;
                    $runtime
                };
                drive(kind, job, log, owner, runtime, |owner, stage| {
                    end(kind, job.program.end, owner, stage);
                });
            },
        }
    };
}

/// Defines a kind whose runtime is a `Coalesced` over the handle of the owner.
macro_rules! coalesced {
    ($name:literal, $profile:expr, $threads:expr, $owner:expr) => {
        kind!($name, $profile, $threads, $owner, |owner| {
            Coalesced::new(owner.to_handle())
        })
    };
}

/// Defines a kind whose tasks stay on the thread that blocks on it.
macro_rules! local {
    ($name:literal, $owner:expr) => {
        Kind {
            name: $name,
            profile: OWNED,
            threads: 0,
            usual: true,
            run: |kind, job, log| {
                let owner = $owner;
                let runtime = ThreadBound::new(owner.to_handle());
                drive(kind, job, log, owner, runtime, |owner, _| {
                    end_here(job.program.end, owner);
                });
            },
        }
    };
}

/// Defines a kind that breaks a promise; it runs only if it is named.
macro_rules! broken {
    ($name:literal, $promise:expr) => {
        Kind {
            usual: false,
            ..kind!($name, THERE, 0, Threads, |_owner| Broken($promise))
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
    kind!("tokio", OWNED, 2, TokioRuntime::multi_thread(2)),
    kind!("tokio-1", OWNED, 1, TokioRuntime::multi_thread(1)),
    kind!(
        "tokio-current-thread",
        OWNED,
        0,
        TokioRuntime::current_thread()
    ),
    kind!("smol", THERE, 0, Smol),
    kind!("smol-0", OWNED, 0, SmolExecutor::new(0)),
    kind!("smol-1", OWNED, 1, SmolExecutor::new(1)),
    kind!("smol-2", OWNED, 2, SmolExecutor::new(2)),
    kind!("async-std", THERE, 0, AsyncStd),
    kind!("futures-1", OWNED, 1, FuturesPool::new(1)),
    kind!("futures-2", OWNED, 2, FuturesPool::new(2)),
    kind!("threads", THERE, 0, Threads),
    kind!(
        "any-tokio",
        OWNED,
        2,
        AnyRuntime::new(TokioRuntime::multi_thread(2))
    ),
    kind!(
        "any-smol-1",
        OWNED,
        1,
        AnyRuntime::new(SmolExecutor::new(1))
    ),
    kind!("any-threads", THERE, 0, AnyRuntime::new(Threads)),
    coalesced!("coalesced-tokio", OWNED, 2, TokioRuntime::multi_thread(2)),
    coalesced!(
        "coalesced-tokio-current-thread",
        OWNED,
        0,
        TokioRuntime::current_thread()
    ),
    coalesced!("coalesced-smol-2", OWNED, 2, SmolExecutor::new(2)),
    coalesced!("coalesced-futures-1", OWNED, 1, FuturesPool::new(1)),
    coalesced!("coalesced-async-std", THERE, 0, AsyncStd),
    coalesced!("coalesced-threads", THERE, 0, Threads),
    broken!("broken-early", Promise::Early),
    broken!("broken-deaf", Promise::Deaf),
    broken!("broken-brittle", Promise::Brittle),
    broken!("broken-sleepy", Promise::Sleepy),
    #[cfg(feature = "virtual")]
    kind!("virtual", EXACT, 0, dormouse::Virtual::new()),
    #[cfg(feature = "virtual")]
    kind!(
        "any-virtual",
        EXACT,
        0,
        AnyRuntime::new(dormouse::Virtual::new())
    ),
    #[cfg(feature = "virtual")]
    kind!("virtual-seeded", EXACT, 0, dormouse::Virtual::seeded(7)),
    #[cfg(feature = "virtual")]
    coalesced!("coalesced-virtual", EXACT, 0, dormouse::Virtual::new()),
    local!("tokio-local", dormouse::TokioLocal::new()),
    local!("smol-local", dormouse::SmolLocal::new()),
    local!("futures-local", dormouse::FuturesLocal::new()),
    local!("compio", dormouse::CompioRuntime::new()),
    Kind {
        name: "ambient-tokio",
        profile: OWNED,
        threads: 2,
        usual: true,
        run: ambient_tokio,
    },
];

/// `Tokio` works only inside a runtime, so the thread that checks the end enters it.
fn ambient_tokio(kind: &Kind, job: &Job, log: &Arc<Log>) {
    let owner = TokioRuntime::multi_thread(2);
    let handle = owner.handle();
    let _entered = handle.as_ref().enter();
    drive(kind, job, log, owner, Tokio, |owner, stage| {
        end(kind, job.program.end, owner, stage);
    });
}
