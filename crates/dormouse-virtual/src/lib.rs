#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use crate::deadlock::Deadlock;
pub use crate::owner::{Virtual, VirtualTask};
pub use crate::seeds::for_seeds;
pub use crate::sleep::VirtualSleep;

mod deadlock;
mod drive;
mod job;
mod owner;
mod seeds;
mod sleep;
mod world;
