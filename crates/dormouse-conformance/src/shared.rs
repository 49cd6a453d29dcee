//! A driver that is shared with tasks, if it can be.

use std::future::Future;
use std::sync::Arc;

use dormouse_core::BlockOn;

/// A driver. A macro calls `share` with both traits in scope: the method of [`InTasks`] is found
/// first, and if the driver is not `Send` and `Sync`, that of [`OnItsThread`].
#[derive(Debug)]
pub struct Shared<B>(Arc<B>);

impl<B> Shared<B> {
    /// Keeps it.
    pub fn new(driver: B) -> Self {
        Self(Arc::new(driver))
    }
}

/// For a driver that tasks can have.
pub trait InTasks<B> {
    /// The driver, in an `Arc`.
    fn share(self) -> Option<Arc<B>>;
}

impl<B: Send + Sync + 'static> InTasks<B> for Shared<B> {
    fn share(self) -> Option<Arc<B>> {
        Some(self.0)
    }
}

/// For a driver that stays on its thread.
pub trait OnItsThread {
    /// Returns `None`.
    fn share(self) -> Option<Arc<Nobody>>;
}

impl<B> OnItsThread for &Shared<B> {
    fn share(self) -> Option<Arc<Nobody>> {
        None
    }
}

/// No driver.
#[derive(Debug)]
pub enum Nobody {}

impl BlockOn for Nobody {
    fn block_on<F: Future>(&self, _: F) -> F::Output {
        match *self {}
    }
}
