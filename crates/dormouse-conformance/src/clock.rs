//! What a case has to know of a runtime's clock.

use std::time::Duration;

use dormouse_core::Sleeper;

/// Whether the runtime's time passes while its thread is blocked. Virtual time does not.
pub(crate) fn passes_by_itself<R: Sleeper>(runtime: &R) -> bool {
    let before = runtime.now();
    block_thread(Duration::from_millis(2));
    runtime.now() > before
}

/// Keeps this thread from doing anything else.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) fn block_thread(duration: Duration) {
    std::thread::sleep(duration);
}

/// Keeps this thread from doing anything else: in a browser, by doing something.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) fn block_thread(duration: Duration) {
    let start = dormouse_core::Instant::now();
    while start.elapsed() < duration {}
}
