//! The commands, run as users run them.

#[path = "../program/mod.rs"]
mod program;
mod refused;
mod waits;
