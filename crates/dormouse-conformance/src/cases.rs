//! The cases, each named after the promise that it checks.
//!
//! A case is a future over a runtime, or over a sleeper alone. If it ends the runtime, or calls
//! `block_on` more than once, it is a function that gets the runtime and a driver, which blocks on
//! its futures; if a runtime blocks by itself, both are the same. A case panics if the promise is
//! broken, and the message names the promise and the figures. It relies on nothing but the traits:
//! time is the runtime's own [`now`](dormouse_core::Sleeper::now) and passes in its own sleeps, so
//! the cases also work on virtual time, and on a single thread.
//!
//! Lower bounds are exact. Upper bounds are seconds, where a right runtime takes milliseconds: the
//! cases pass on a busy machine, and do not measure speed.

pub mod abort;
pub mod abort_handles;
pub mod abort_inside;
pub mod abort_on_drop;
pub mod block_on;
pub mod block_on_elsewhere;
pub mod blocking;
pub mod blocking_failure;
pub mod blocking_gone;
pub mod blocking_handle;
pub mod context;
pub mod deadline;
pub mod destructor_spawns;
pub mod destructors;
pub mod dropped_sleeps;
pub mod failure;
pub mod finished;
pub mod foreign_wakers;
pub mod functions;
pub mod gone;
pub mod gone_awaited;
pub mod gone_destructors;
pub mod gone_sleeps;
pub mod gone_spawns;
pub mod gone_tasks;
pub mod handle;
pub mod handle_in_a_poll;
pub mod intervals;
pub mod kept;
pub mod lists;
pub mod local;
pub mod local_gone;
pub mod local_sets;
pub mod local_waking;
pub mod local_yielding;
pub mod now;
pub mod owner_drop;
pub mod ready;
pub mod reset;
pub mod set_shutdown;
pub mod sets;
pub mod sleeper;
pub mod streams;
pub mod task;
pub mod timeouts;
pub mod two_runtimes;
pub mod wakers;
pub mod wakers_that_sleep;
pub mod wakes;
pub mod wakes_elsewhere;
pub mod waking;
pub mod wall_clock;
pub mod yielding;

pub use crate::case::{
    Case, Files, all, all_blocking, all_local, chosen, chosen_blocking, chosen_local,
};
