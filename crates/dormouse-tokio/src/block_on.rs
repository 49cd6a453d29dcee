//! Whether this thread may block on a future.

use std::future::Future;
use std::task::{Context, Waker};

use dormouse_core::adapter::{self, Root, current_runtime, enter, is_in_destructor, leave};
use tokio::runtime::Handle;
use tokio::task::coop::poll_proceed;

/// Wraps the future that a tokio runtime drives for `block_on`, and refuses to if this thread runs
/// tasks; `runtime` is the name of the type, as a user writes it.
///
/// tokio's own state says more than ours: it knows the tasks that were not spawned through our
/// traits, and that `block_in_place` may block.
#[track_caller]
pub(crate) fn root<F: Future>(runtime: &'static str, future: F) -> Root<F> {
    let _current = Handle::try_current().is_ok().then(|| {
        if may_block() && !is_in_destructor() && !is_in_task_of_another() {
            leave()
        } else {
            enter("Tokio", Waker::noop())
        }
    });
    adapter::root(runtime, future)
}

/// A task of another runtime has no budget of tokio's, even if it has entered a context of tokio.
fn is_in_task_of_another() -> bool {
    current_runtime().is_some_and(|runtime| !runtime.starts_with("Tokio"))
}

/// tokio grants a budget to a future that it polls, which is spent after some number of steps.
/// Where tokio allows blocking, there is no budget.
fn may_block() -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    // Dropping an unused step refunds it. Each restores the budget before it: the last goes first.
    let mut steps = Vec::new();
    let spent = (0..=BUDGET).any(|_| {
        let step = poll_proceed(&mut cx);
        let spent = step.is_pending();
        steps.push(step);
        spent
    });
    while steps.pop().is_some() {}
    !spent
}

/// tokio's budget is 128 steps a poll; it may grow.
const BUDGET: usize = 1024;
