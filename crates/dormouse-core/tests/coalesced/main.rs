//! `Coalesced` on real runtimes, with code that handles its sleeps in every possible way.
//!
//! No sleep may be late because of another one, or of its task, its thread or its runtime.

mod hasty;
mod held;
mod mock;
mod runtimes;
mod shared;
mod wakers;
