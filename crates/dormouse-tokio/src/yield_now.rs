//! A turn for the others, and for tokio's driver.

use std::future::{Future, poll_fn};
use std::pin::pin;

use tokio::task;

use crate::task::poll_quietly;

/// tokio's own: it keeps the waker and calls it between two turns of the scheduler, where one that
/// panics would end the worker.
pub(crate) async fn yield_now() {
    let mut turn = pin!(task::yield_now());
    poll_fn(|cx| poll_quietly(cx, |cx| turn.as_mut().poll(cx))).await;
}
