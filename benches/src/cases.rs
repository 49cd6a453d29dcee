//! Small pieces of work, each done directly with the runtime and through the traits of dormouse:
//! what the micro-benchmarks time, and what the script `instructions` counts.

use std::fmt;
use std::future::pending;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use dormouse::{AbortOnDrop, Spawner};
use smol::future::yield_now;
use tokio::runtime::{Builder, Runtime};

mod all;

/// A case: what is done, on which runtime, which way; and the function that does it so often.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What is done.
    pub work: &'static str,
    /// On which runtime.
    pub on: &'static str,
    /// `direct`, or `trait`.
    pub path: &'static str,
    /// Does it so often.
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
    let sleep = pin!(sleep);
    assert!(
        sleep
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
}

/// A task after the other.
///
/// # Panics
///
/// If a task is lost.
pub async fn spawn_and_join(spawner: &impl Spawner, count: u64) {
    for _ in 0..count {
        spawner.spawn(async {}).await.expect("it ends");
    }
}

/// A task after the other, each aborted by the drop of its handle.
pub async fn spawn_and_abort(spawner: &impl Spawner, count: u64) {
    for _ in 0..count {
        drop(AbortOnDrop::new(spawner.spawn(pending::<()>())));
        yield_now().await;
    }
}

/// tokio in the calling thread.
///
/// # Panics
///
/// If the system refuses it.
#[must_use]
pub fn tokio() -> Runtime {
    let runtime = Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime in this thread")
}
