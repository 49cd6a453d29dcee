//! `dormouse compare`: what it runs, and what it does if an engine fails.

mod engines;
mod left_out;
mod memory;
#[path = "../program/mod.rs"]
mod program;
mod sessions;
mod table;
