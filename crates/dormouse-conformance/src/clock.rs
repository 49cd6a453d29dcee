//! What a case has to know of a runtime's clock.

use std::thread;
use std::time::Duration;

use dormouse_core::Sleeper;

/// Whether the runtime's time passes while its thread is blocked. Virtual time does not.
pub(crate) fn passes_by_itself<R: Sleeper>(runtime: &R) -> bool {
    let before = runtime.now();
    thread::sleep(Duration::from_millis(2));
    runtime.now() > before
}
