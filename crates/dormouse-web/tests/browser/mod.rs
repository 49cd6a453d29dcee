//! What the tests see of the browser, and change in it.

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

/// A browser that is watched, and that is as it was when this is dropped.
#[derive(Debug)]
pub(crate) struct Browser(());

impl Browser {
    /// Timeouts are watched.
    pub(crate) fn watched() -> Self {
        Self::hurried(1.0)
    }

    /// Timeouts end after this part of their time.
    pub(crate) fn hurried(part: f64) -> Self {
        watch(part);
        Self(())
    }

    /// The clock goes by steps of so many milliseconds.
    pub(crate) fn coarse(step: f64) -> Self {
        let browser = Self::watched();
        coarsen(step);
        browser
    }

    /// `Math.random` gives this number.
    pub(crate) fn without_chance(number: f64) -> Self {
        let browser = Self::watched();
        fix(number);
        browser
    }

    /// How many timeouts are set and have not ended.
    pub(crate) fn open_timeouts(&self) -> usize {
        open_timeouts()
    }

    /// How many milliseconds those were to take that were set since the last call.
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
