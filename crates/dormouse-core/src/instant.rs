//! The type of an instant, which depends on the target alone.

/// A moment of a [`Sleeper`](crate::Sleeper)'s clock: the standard library's type, except in a
/// browser, where that type's clock panics and this is `web_time::Instant`.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub use std::time::Instant;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use web_time::Instant;
