//! Payloads that panic when dropped, with a payload that does so in turn, and wakers and futures that
//! panic when dropped.

use std::panic::panic_any;
use std::time::Duration;

use crate::goes_on::goes_on;

#[path = "../harness/child.rs"]
mod child;
#[path = "../harness/goes_on.rs"]
mod goes_on;
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

const SHORT: Duration = Duration::from_millis(10);
