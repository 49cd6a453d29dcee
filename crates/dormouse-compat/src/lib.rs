#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "backon")]
pub use crate::backon::Backon;
#[cfg(feature = "criterion")]
pub use crate::criterion::CriterionExecutor;
#[cfg(feature = "futures-task")]
pub use crate::futures::Futures;
#[cfg(feature = "hyper")]
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
#[cfg(feature = "hyper")]
mod hyper;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "tracing")]
mod tracing;
