//! Panics that must harm only their own task: of destructors, payloads and wakers.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::goes_on::goes_on;

#[path = "../harness/child.rs"]
mod child;
mod destructors;
#[path = "../harness/goes_on.rs"]
mod goes_on;
mod payloads;
mod wakers;

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
