//! Faults that are injected into runs, to test the comparison.

use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A fault that is injected into a run, to test the comparison.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[doc(hidden)]
pub enum Fault {
    Crash,
    Hang,
    Disorder,
    Short,
    Serial,
}

/// Injects the faults that strike before the work begins.
pub(crate) fn break_down(fault: Option<Fault>) {
    match fault {
        Some(Fault::Crash) => std::process::abort(),
        Some(Fault::Hang) => loop {
            thread::sleep(Duration::from_secs(60));
        },
        Some(Fault::Disorder | Fault::Short | Fault::Serial) | None => {}
    }
}
