#![doc = include_str!("../README.md")]
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

pub use crate::ambient::Web;
pub use crate::sleep::WebSleep;
pub use crate::task::WebTask;

mod ambient;
mod local;
mod sleep;
mod task;
mod timers;
mod turn;
