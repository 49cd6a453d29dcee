//! Tasks that have nothing to do with a fault, and must not be harmed by it.

use std::time::Duration;

use dormouse_core::Runtime;
use dormouse_core::adapter::YieldNow;

use crate::limit::{LIMIT, at_once, within};

/// The next tasks run: more of them than a runtime has threads, with and without a sleep.
pub(crate) async fn others_run<R: Runtime>(promise: &str, runtime: &R) {
    let tasks = (0..20).map(|number| {
        let sleep = runtime.sleep(Duration::from_millis(number % 3));
        within(runtime, runtime.spawn(sleep))
    });
    let ended = at_once(tasks).await;
    let alive = ended
        .iter()
        .filter(|task| matches!(task, Some(Ok(()))))
        .count();
    assert!(
        alive == 20,
        "{promise}: of the 20 tasks after it, {alive} have come to their end within {LIMIT:?}"
    );
    // The task of `block_on` is not harmed, either.
    YieldNow::default().await;
}
