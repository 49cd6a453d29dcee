//! The suite bites: each broken runtime is caught by the case that names what is broken, and the
//! right one under it passes.

mod bad_tasks;
mod caught;
mod order;
mod sleepers;
mod stranger;
mod tasks;
