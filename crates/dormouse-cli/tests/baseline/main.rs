//! Comparing a session with a baseline.

mod gate;
#[path = "../program/mod.rs"]
mod program;
mod rows;
mod saved;
