#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "backon")]
pub use crate::backon::Backon;
#[cfg(feature = "criterion")]
pub use crate::criterion::CriterionExecutor;
#[cfg(feature = "futures-task")]
pub use crate::futures::Futures;
// hyper's `Timer` counts by std's `Instant`, which a browser does not have.
#[cfg(all(
    feature = "hyper",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
pub use crate::hyper::{FromHyper, Hyper, HyperSleep};
#[cfg(feature = "tower")]
pub use crate::tower::{Tower, TowerSleep};
#[cfg(feature = "tracing")]
pub use crate::tracing::Traced;

#[cfg(feature = "backon")]
mod backon;
#[cfg(feature = "criterion")]
mod criterion;
#[cfg(feature = "futures-task")]
mod futures;
#[cfg(all(
    feature = "hyper",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
mod hyper;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "tracing")]
mod tracing;
