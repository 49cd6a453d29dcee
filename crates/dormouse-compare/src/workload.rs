//! Workloads: work that is done on a runtime, counted and timed.

use std::future::Future;

use dormouse::{LocalSpawner, Runtime, Sleeper};

use crate::error::Error;

pub use crate::workload::about::About;
pub use crate::workload::builtin::Builtin;
pub use crate::workload::done::Done;
pub use crate::workload::setup::{Fault, Setup};

mod about;
mod builtin;
mod done;
mod interval;
mod load;
mod ping_pong;
mod setup;
mod sleep;
mod spawn;
mod tasks;
mod timeout;

/// Work written over the traits of dormouse, which is done on every runtime that is compared.
///
/// # Examples
///
/// ```
/// use dormouse::{Runtime, timeout};
/// use dormouse_compare::{About, Done, Error, Setup, Workload};
/// use std::time::Duration;
///
/// /// Operations under a timeout that never fires, one after the other.
/// struct Guarded;
///
/// impl Workload for Guarded {
///     fn about(&self) -> About {
///         About::new("guarded", "operation").title("operations under a timeout")
///     }
///
///     async fn run<R: Runtime>(&self, runtime: &R, setup: &Setup) -> Result<Done, Error> {
///         let mut done = 0;
///         for _ in 0..setup.n {
///             let step = timeout(runtime, Duration::from_secs(1), runtime.yield_now()).await;
///             done += u64::from(step.is_ok());
///         }
///         Ok(Done::new(done))
///     }
/// }
/// ```
pub trait Workload {
    /// The name, the modes and the figures of the workload.
    fn about(&self) -> About;

    /// Does the work of one run, and returns how much of it was done.
    ///
    /// It is called once in a process of its own, on a runtime that has already run a task and a
    /// sleep. The run is timed from the first poll to the end.
    fn run<R: Runtime>(
        &self,
        runtime: &R,
        setup: &Setup,
    ) -> impl Future<Output = Result<Done, Error>>;

    /// [`run`](Self::run) on a runtime whose tasks stay on their thread.
    fn run_local<S>(&self, runtime: &S, setup: &Setup) -> impl Future<Output = Result<Done, Error>>
    where
        S: LocalSpawner + Sleeper<Sleep: 'static> + Clone + 'static,
    {
        let _ = (runtime, setup);
        async { Err(Error::run("this workload needs tasks that are `Send`")) }
    }

    /// Whether [`run_local`](Self::run_local) is implemented.
    ///
    /// If not, runtimes whose tasks stay on their thread are left out.
    fn runs_local(&self) -> bool {
        false
    }

    /// How many operations a run must do; a run that has done another number has failed.
    fn operations(&self, setup: &Setup) -> u64 {
        setup.n as u64
    }
}
