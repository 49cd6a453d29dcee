//! A sleep that one thread of the process wakes, as the futures crate has no timer.

use dormouse_core::adapter::AlarmSleep;

/// A sleep on the one thread that wakes all sleeps of the process.
pub type FuturesSleep = AlarmSleep;
