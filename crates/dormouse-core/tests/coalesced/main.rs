//! `Coalesced` on real runtimes, in the hands of code that does as it pleases with its sleeps.
//!
//! No sleep may be late because of another one, or of its task, its thread or its runtime.

mod held;
mod runtimes;
mod shared;
mod stage;
mod wakers;
