//! Payloads that panic when dropped, with a payload that does so in turn, and wakers and futures that
//! panic when dropped.

use std::panic::panic_any;
use std::time::Duration;

use crate::child::Owner;

#[path = "../harness/child.rs"]
mod child;
mod payloads;
mod roots;
mod wakers;

const DEPTHS: [u32; 3] = [1, 2, 5];

/// Panics when dropped, this many times: the payload is a value with one less.
struct Nested(u32);

impl Drop for Nested {
    fn drop(&mut self) {
        // A second panic while the first one unwinds would end any process.
        if self.0 > 0 && !std::thread::panicking() {
            panic_any(Nested(self.0 - 1));
        }
    }
}

/// The next tasks run, as many at once as there may be threads, and the timer works.
async fn goes_on(rt: &impl Owner) {
    let tasks: Vec<_> = (0..4)
        .map(|number| rt.spawn(async move { number }))
        .collect();
    for (number, task) in tasks.into_iter().enumerate() {
        assert_eq!(task.await.unwrap(), number);
    }
    rt.sleep(Duration::from_millis(1)).await;
}

const SHORT: Duration = Duration::from_millis(10);
