//! The types of the clocks, which depend on the target alone.

/// A moment of a [`Sleeper`](crate::Sleeper)'s clock: the standard library's type, except in a
/// browser, where that type's clock panics and this is `web_time::Instant`.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use std::time::Instant;
/// A moment of the wall clock, [`Sleeper::system_time`](crate::Sleeper::system_time): the standard
/// library's type, except in a browser, where that type's clock panics and this is
/// `web_time::SystemTime`.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use std::time::SystemTime;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use web_time::{Instant, SystemTime};
