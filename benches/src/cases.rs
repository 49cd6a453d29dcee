//! Small pieces of work, each done directly with the runtime and through the traits of dormouse.
//!
//! The micro-benchmarks time them, and the script `instructions` counts their instructions.

use std::fmt;
use std::future::{pending, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use dormouse::{AbortOnDrop, Spawner};
use dormouse_core::adapter::noop;
use smol::future::yield_now;
use tokio::runtime::{Builder, Runtime};

mod all;

/// A piece of work on a runtime, done directly or through the traits.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The work.
    pub work: &'static str,
    /// The runtime.
    pub on: &'static str,
    /// `direct` or `trait`.
    pub path: &'static str,
    /// Does the work this number of times.
    pub repeat: fn(u64),
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.on, self.path)
    }
}

/// Longer than any benchmark.
pub const LONG: Duration = Duration::from_secs(3600);

/// Polls a sleep once, which arms it, and drops it, which cancels it.
///
/// # Panics
///
/// If it has ended.
pub fn arm_and_drop(sleep: impl Future) {
    // Known not to panic, as the waker of a task is.
    arm_with(&mut Context::from_waker(noop()), sleep);
}

/// The same with the waker of the task that awaits this, so often; but for the first time, which may
/// tell the adapter whose waker that is.
///
/// # Panics
///
/// If a sleep has ended.
pub async fn arm_and_drop_in_task<F: Future>(count: u64, sleep: impl Fn() -> F) {
    for count in [1, count] {
        poll_fn(|cx| {
            for _ in 0..count {
                arm_with(cx, sleep());
            }
            Poll::Ready(())
        })
        .await;
        yield_now().await;
    }
}

fn arm_with(cx: &mut Context<'_>, sleep: impl Future) {
    let sleep = pin!(sleep);
    assert!(sleep.poll(cx).is_pending());
}

/// Spawns tasks one after the other, and awaits each.
///
/// # Panics
///
/// If a task is lost.
pub async fn spawn_and_join(spawner: &impl Spawner, count: u64) {
    for _ in 0..count {
        spawner.spawn(async {}).await.expect("it ends");
    }
}

/// Spawns tasks one after the other, and aborts each by dropping its handle.
pub async fn spawn_and_abort(spawner: &impl Spawner, count: u64) {
    for _ in 0..count {
        drop(AbortOnDrop::new(spawner.spawn(pending::<()>())));
        yield_now().await;
    }
}

/// A current-thread runtime of tokio.
///
/// # Panics
///
/// If the system refuses a resource that the runtime needs.
#[must_use]
pub fn tokio() -> Runtime {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime in this thread")
}
