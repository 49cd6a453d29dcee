#![doc = include_str!("../README.md")]
#![cfg_attr(
    not(all(target_family = "wasm", target_os = "unknown")),
    doc = "\n\n*These pages were made for another target than `wasm32-unknown-unknown`, where this crate is empty.*"
)]

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub use {ambient::Web, sleep::WebSleep, task::WebTask};

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod ambient;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod local;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod sleep;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod task;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod timers;
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod turn;
