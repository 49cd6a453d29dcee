//! Lets other tasks and tokio's driver run.

use std::future::{Future, poll_fn};
use std::pin::pin;

use tokio::task;

use crate::task::poll_quietly;

/// tokio's own yield, with a quiet waker: tokio calls that waker from its scheduler, where a panic
/// would end the worker.
pub(crate) async fn yield_now() {
    let mut turn = pin!(task::yield_now());
    poll_fn(|cx| poll_quietly(cx, |cx| turn.as_mut().poll(cx))).await;
}
