//! Whether a runtime goes on after what a test did to it.

use std::time::Duration;

use crate::child::Owner;

/// The next tasks run, as many at once as there may be threads, and the timer works.
pub(crate) async fn goes_on(rt: &impl Owner) {
    let tasks: Vec<_> = (0..4)
        .map(|number| rt.spawn(async move { number }))
        .collect();
    for (number, task) in tasks.into_iter().enumerate() {
        assert_eq!(task.await.unwrap(), number);
    }
    rt.sleep(Duration::from_millis(1)).await;
}
