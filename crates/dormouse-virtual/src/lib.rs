#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use crate::deadlock::Deadlock;
pub use crate::owner::Virtual;
pub use crate::seeds::for_seeds;
pub use crate::sleep::VirtualSleep;
pub use crate::task::{VirtualLocalTask, VirtualTask};

mod deadlock;
mod drive;
mod job;
mod owner;
mod seeds;
mod sleep;
mod task;
mod world;
