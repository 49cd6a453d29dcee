//! The locks and atomics, or loom's models of them.

#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
#[cfg(not(loom))]
pub(crate) use std::sync::{Mutex, MutexGuard};

/// The system's clock.
#[cfg(not(loom))]
#[inline]
pub(crate) fn system_now() -> crate::Instant {
    crate::Instant::now()
}

#[cfg(loom)]
pub(crate) use crate::coalesced::loom_system::system_now;
#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
#[cfg(loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard};
