//! A sleep that one thread of the process wakes.

use dormouse_core::adapter::AlarmSleep;

/// A sleep on the one thread that wakes all sleeps of the process.
pub type ThreadsSleep = AlarmSleep;
