//! A runtime that can be dropped anywhere.

use tokio::runtime::Handle;

/// A runtime, and what shuts it down without waiting.
pub(crate) struct Owned<R> {
    /// `None` only while it is dropped.
    runtime: Option<R>,
    shut_down: fn(R),
}

impl<R> Owned<R> {
    pub(crate) fn new(runtime: R, shut_down: fn(R)) -> Self {
        Self {
            runtime: Some(runtime),
            shut_down,
        }
    }

    pub(crate) fn get(&self) -> &R {
        self.runtime.as_ref().expect("taken by drop alone")
    }
}

impl<R> Drop for Owned<R> {
    fn drop(&mut self) {
        // tokio panics where a runtime is dropped inside of another one, as that waits.
        if Handle::try_current().is_ok() {
            if let Some(runtime) = self.runtime.take() {
                (self.shut_down)(runtime);
            }
        }
    }
}
