//! What the tests observe in the browser, and what they change in it.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/tests/browser/browser.js")]
extern "C" {
    fn watch(part: f64);
    #[wasm_bindgen(js_name = openTimeouts)]
    fn open_timeouts() -> usize;
    #[wasm_bindgen(js_name = takeSpans)]
    fn take_spans() -> Vec<f64>;
    fn coarsen(step: f64);
    fn fix(number: f64);
    fn restore();
}

/// Observes the browser, and restores it when dropped.
#[derive(Debug)]
pub(crate) struct Browser(());

impl Browser {
    /// Timeouts are recorded.
    pub(crate) fn watched() -> Self {
        Self::hurried(1.0)
    }

    /// Timeouts are recorded, and end after this fraction of their time.
    pub(crate) fn hurried(part: f64) -> Self {
        watch(part);
        Self(())
    }

    /// The clock moves in steps of this many milliseconds.
    pub(crate) fn coarse(step: f64) -> Self {
        let browser = Self::watched();
        coarsen(step);
        browser
    }

    /// `Math.random` always gives this number.
    pub(crate) fn without_chance(number: f64) -> Self {
        let browser = Self::watched();
        fix(number);
        browser
    }

    /// How many timeouts are pending.
    pub(crate) fn open_timeouts(&self) -> usize {
        open_timeouts()
    }

    /// The lengths in milliseconds of the timeouts that were set since the last call.
    pub(crate) fn take_spans(&self) -> Vec<f64> {
        take_spans()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        restore();
    }
}

/// Polls once in the calling task.
pub(crate) async fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
}
