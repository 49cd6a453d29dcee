//! What a case has to know about a runtime's clock.

use std::time::Duration;

use dormouse_core::{Instant, Sleeper};

/// Whether the runtime's time passes while its thread is blocked, which virtual time does not.
pub(crate) fn passes_by_itself<R: Sleeper>(runtime: &R) -> bool {
    let before = runtime.now();
    block_thread(Duration::from_millis(2));
    runtime.now() > before
}

/// Whether the runtime's sleeps take no time, however long they are.
pub(crate) async fn jumps<R: Sleeper>(runtime: &R) -> bool {
    if passes_by_itself(runtime) {
        return false;
    }
    // A clock that is read once per turn of a loop stands still meanwhile, too.
    let start = Instant::now();
    runtime.sleep(Duration::from_millis(400)).await;
    start.elapsed() < Duration::from_millis(200)
}

/// Blocks this thread.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) fn block_thread(duration: Duration) {
    std::thread::sleep(duration);
}

/// Blocks this thread; in a browser, by spinning.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) fn block_thread(duration: Duration) {
    let start = Instant::now();
    while start.elapsed() < duration {}
}
