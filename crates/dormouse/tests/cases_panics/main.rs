//! Panics that must harm only their own task: cases A5, A6, A7 and A25, and variants of them.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::child::Owner;

#[path = "../harness/child.rs"]
mod child;
mod destructors;
mod payloads;
mod wakers;

/// The next tasks run, as many at once as there may be threads, and the timer works.
async fn goes_on(rt: &impl Owner) {
    let tasks: Vec<_> = (0..4)
        .map(|number| rt.spawn(async move { number }))
        .collect();
    for (number, task) in tasks.into_iter().enumerate() {
        assert_eq!(task.await.unwrap(), number);
    }
    rt.sleep(Duration::from_millis(1)).await;
}

fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        // A second panic while the first one unwinds would end any process.
        if !std::thread::panicking() {
            panic!("a bomb");
        }
    }
}

const SHORT: Duration = Duration::from_millis(10);
