//! Parts for the authors of adapters; other code does not need them.
//!
//! An adapter binds [`Sleeper`](crate::Sleeper), [`Spawner`](crate::Spawner) and
//! [`BlockOn`](crate::BlockOn) to one runtime. These are the parts of the contract that are the
//! same on every runtime:
//!
//! | the runtime | use |
//! |---|---|
//! | only runs futures, or has a task handle that can't keep the contract | [`remote`] |
//! | ends the process where a destructor or a waker panics, as async-task does | [`Contained`], [`Settling`], [`poll_quietly`] |
//! | catches the panics of destructors, as tokio does | [`Contained`], [`Defused`] |
//! | blocks on a future | [`root`] |
//! | has an owner that starts it, and handles | [`owner`](crate::owner) |
//! | has threads for closures that block | [`blocking`] |
//! | has no such threads, but an owner | [`blocking_thread_if`]; [`on_thread`], [`refused`] for its parts |
//! | has no such threads, and is ambient | [`blocking_thread`] |
//! | calls or drops wakers where a panic would harm others, as a timer of your own does | [`wake`], [`drop_quietly`], [`quiet`] |
//! | has no timer, or one that may be gone before its sleeps | [`AlarmSleep`], or [`Alarm`] in a sleep of your own |
//! | has a timer that drops wakers while it holds a lock, as async-io's | [`Shielded`] |
//! | has calls behind a `dyn` pointer, or reports the caller's line | [`with_caller`], [`caller`] |
//! | has task handles of its own, and can be gone | [`spawned`], [`take_turn`] |
//! | has a test's clock, at its end once the runtime is gone | [`Turn`] |

#[cfg(not(loom))]
pub use crate::adapter::alarm::{Alarm, AlarmSleep};
pub use crate::adapter::blocking::{
    blocking, blocking_thread, blocking_thread_if, on_thread, refused,
};
pub use crate::adapter::caller::{called_at, caller, forget_caller, with_caller};
pub use crate::adapter::contained::{Contained, Named, Outcome};
pub use crate::adapter::current::{Current, current_runtime, enter, is_in_destructor, leave, noop};
pub use crate::adapter::destructor_panic::Defused;
pub use crate::adapter::quiet::{drop_quietly, poll_quietly, quiet, wake};
pub use crate::adapter::remote::{Aborter, Remote, RemoteTask, remote};
pub use crate::adapter::root::{Root, poll_or_drop, refuse_to_block, root};
pub use crate::adapter::settling::Settling;
pub use crate::adapter::shielded::Shielded;
pub use crate::adapter::turn::{Turn, spawned, take_turn};
pub use crate::adapter::yield_now::YieldNow;
#[cfg(loom)]
pub(crate) use crate::coalesced::loom_system::Alarm;

#[cfg(not(loom))]
mod alarm;
mod blocking;
mod caller;
mod contained;
pub(crate) mod current;
mod destructor_panic;
mod owner;
pub(crate) mod quiet;
mod remote;
mod remote_task;
mod root;
mod settling;
mod shielded;
mod starting;
pub(crate) mod turn;
pub(crate) mod yield_now;

/// Panics because a handle was polled after it had resolved: one message on every runtime.
///
/// # Panics
///
/// Always.
#[cold]
#[track_caller]
pub fn polled_after_its_end() -> ! {
    panic!("a task's handle was polled after it had resolved: take its result once")
}
