//! Tests of the suite: each broken runtime is caught by the case that names the fault, and the
//! right runtime under it passes.

mod bad_blocking;
mod bad_ends;
mod bad_local;
mod bad_polls;
mod bad_queues;
mod bad_roots;
mod bad_runtimes;
mod bad_sleepers;
mod bad_tasks;
mod bad_timers;
mod blocking;
mod budget;
mod caught;
mod clocks;
mod controls;
mod ends;
mod first_steps;
mod foreign_adapter;
mod local;
mod mixed;
mod order;
mod polls;
mod readme;
mod readme_local;
mod runtimes;
mod sets;
mod sleepers;
mod tasks;
mod wall_clocks;
