//! Whether there is a driver, and how to wake it.

use std::task::Waker;

use crate::adapter::quiet::{drop_quietly, wake};
use crate::sync::{Mutex, lock};

/// Whether there is a driver: one at the most.
#[derive(Debug, Default)]
pub(super) struct DriverSlot {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    driven: bool,
    /// The driver's waker, until it has been woken.
    waker: Option<Waker>,
}

impl DriverSlot {
    /// Wakes the driver; `true` if there is none, and the caller has to start one.
    #[must_use = "the caller must start a driver if this is true"]
    pub(super) fn wake_or_claim(&self) -> bool {
        let mut state = lock(&self.state);
        if !std::mem::replace(&mut state.driven, true) {
            return true;
        }
        let waker = state.waker.take();
        drop(state);
        waker.into_iter().for_each(wake);
        false
    }

    /// Wakes the driver, if there is one.
    pub(super) fn wake(&self) {
        let waker = lock(&self.state).waker.take();
        waker.into_iter().for_each(wake);
    }

    /// Registers the driver's waker; after this call the driver looks at everything anew.
    pub(super) fn register(&self, waker: Waker) {
        let former = lock(&self.state).waker.replace(waker);
        drop_quietly(former);
    }

    /// The driver has nothing more to do; `false` if it has been woken since it registered.
    pub(super) fn end(&self) -> bool {
        let mut state = lock(&self.state);
        let waker = state.waker.take();
        state.driven = waker.is_none();
        drop(state);
        waker.is_some()
    }

    /// The driver is gone, even if there was more to do.
    pub(super) fn abandon(&self) {
        let mut state = lock(&self.state);
        let waker = state.waker.take();
        state.driven = false;
        drop(state);
        drop_quietly(waker);
    }

    pub(super) fn is_driven(&self) -> bool {
        lock(&self.state).driven
    }
}
