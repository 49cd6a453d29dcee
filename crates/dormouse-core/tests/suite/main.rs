//! The functions on a runtime whose every move is made by the test.

mod coalesced;
mod coalesced_wait_n;
mod max_delay;
mod order;
mod stage;
mod task_wait_n;
mod wait_n;
