//! Futures that belong to no runtime.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::task::coop::consume_budget;

use crate::program;
use crate::stage::Boxed;
use crate::stage::bombs::Broken;

/// Polls a future once, with the waker of the task.
pub(crate) async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// Polls as the program says; returns the output if the future was ready.
pub(crate) async fn poll_as<F: Future>(
    how: program::Poll,
    future: Pin<&mut F>,
) -> Option<F::Output> {
    let poll = match how {
        program::Poll::Never => Poll::Pending,
        program::Poll::Once => poll_once(future).await,
        program::Poll::Broken => {
            let waker = Waker::from(Arc::new(Broken));
            let poll = AssertUnwindSafe(|| future.poll(&mut Context::from_waker(&waker)));
            // A future may wake at once; then the panic is our own, as we gave the waker.
            catch_unwind(poll).unwrap_or(Poll::Pending)
        }
    };
    match poll {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Spends the budget of this poll, if it has one.
pub(super) async fn spend() {
    poll_fn(|cx| {
        for _ in 0..1_000 {
            if Box::pin(consume_budget()).as_mut().poll(cx).is_pending() {
                break;
            }
        }
        Poll::Ready(())
    })
    .await;
}

/// Never ends, is always ready to go on, and spends the budget of each poll.
pub(super) async fn busy() {
    poll_fn(|cx| {
        for _ in 0..1_000 {
            if Box::pin(consume_budget()).as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
        cx.waker().wake_by_ref();
        Poll::<()>::Pending
    })
    .await;
}

pub(super) async fn select(mut arms: Vec<Boxed>) -> usize {
    poll_fn(|cx| {
        let ready = |arm: &mut Boxed| arm.as_mut().poll(cx).is_ready();
        arms.iter_mut()
            .position(ready)
            .map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

pub(super) async fn join(mut arms: Vec<Option<Boxed>>) {
    poll_fn(|cx| {
        for arm in &mut arms {
            if arm
                .as_mut()
                .is_some_and(|arm| arm.as_mut().poll(cx).is_ready())
            {
                *arm = None;
            }
        }
        if arms.iter().all(Option::is_none) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}
