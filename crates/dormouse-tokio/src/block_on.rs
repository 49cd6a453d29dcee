//! Whether this thread may block on a future.

use std::future::Future;
use std::task::{Context, Waker};

use dormouse_core::adapter::{self, Root, enter, leave};
use tokio::runtime::Handle;
use tokio::task::coop::poll_proceed;

/// The future that a runtime of tokio drives for `block_on`, unless this thread runs tasks: `runtime`
/// is the type that the user typed.
///
/// tokio tells that better than we can. It knows the tasks that were not spawned by us, and that
/// `block_in_place` may block.
#[track_caller]
pub(crate) fn root<F: Future>(runtime: &'static str, future: F) -> Root<F> {
    let _current = Handle::try_current().is_ok().then(|| {
        if may_block() {
            leave()
        } else {
            enter("Tokio", Waker::noop())
        }
    });
    adapter::root(runtime, future)
}

/// Where tokio polls a future it grants a budget, which is spent after so many steps. Where it
/// allows blocking, there is none.
fn may_block() -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    // What is not said to be progress is given back when dropped, the last one first.
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
