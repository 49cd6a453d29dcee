#![doc = include_str!("../README.md")]
pub use crate::deadlock::Deadlock;
pub use crate::handle::VirtualHandle;
pub use crate::owner::Virtual;
pub use crate::real_work::RealWork;
pub use crate::seeds::for_seeds;
pub use crate::sleep::VirtualSleep;
pub use crate::task::{VirtualBlockingTask, VirtualLocalTask, VirtualTask};

mod blocking;
mod clock;
mod deadlock;
mod drive;
mod handle;
mod livelock;
mod owner;
mod real_work;
mod seeds;
mod sleep;
mod task;
mod turn;
mod world;
