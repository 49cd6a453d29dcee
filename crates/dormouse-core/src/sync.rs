//! The locks and atomics, or loom's models of them.

use std::sync::PoisonError;
#[cfg(not(loom))]
use std::{thread, time::Duration};

#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
#[cfg(not(loom))]
pub(crate) use std::sync::{Mutex, MutexGuard};

/// Locks, also if the lock is poisoned: nothing panics while a lock of ours is held, so what is behind it
/// is consistent.
#[inline]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is behind a lock that nobody else can hold.
pub(crate) fn get_mut<T>(mutex: &mut Mutex<T>) -> &mut T {
    mutex.get_mut().unwrap_or_else(PoisonError::into_inner)
}

/// The system's clock.
#[cfg(not(loom))]
#[inline]
pub(crate) fn system_now() -> crate::Instant {
    crate::Instant::now()
}

/// Pauses between two looks at what another thread is about to end. There are 20 ms of them at most: what
/// that thread runs may be foreign code, but hardly ever is.
#[cfg(not(loom))]
pub(crate) fn pauses() -> impl Iterator<Item = ()> {
    (0..400).map(|_| thread::sleep(Duration::from_micros(50)))
}

#[cfg(loom)]
pub(crate) fn pauses() -> impl Iterator<Item = ()> {
    (0..2).map(|_| loom::thread::yield_now())
}

#[cfg(loom)]
pub(crate) use crate::coalesced::loom_system::system_now;
#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
#[cfg(loom)]
pub(crate) use loom::sync::{Mutex, MutexGuard};
