//! Owners and handles: what is refused, what a drop ends, and what outlives it.

use std::time::Duration;

mod block_on;
#[path = "../harness/child.rs"]
mod child;
mod gone;
mod handles;
mod local;
mod owner_drop;

/// The message of a panic.
fn text(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no text")
}

/// Much longer than anything here takes, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);
