#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub use crate::deadlock::Deadlock;
pub use crate::handle::VirtualHandle;
pub use crate::owner::Virtual;
pub use crate::real_work::RealWork;
pub use crate::seeds::for_seeds;
pub use crate::sleep::VirtualSleep;
pub use crate::task::{VirtualBlockingTask, VirtualLocalTask, VirtualTask};

mod blocked;
mod blocking;
mod deadlock;
mod drive;
mod handle;
mod home;
mod job;
mod owner;
mod real_work;
mod seeds;
mod sleep;
mod standstill;
mod state;
mod task;
mod turn;
mod world;
