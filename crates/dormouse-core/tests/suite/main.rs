//! The functions on a mock runtime, which does only what the test tells it to.

mod abort_handle;
mod auto_traits;
mod coalesced;
mod coalesced_model;
mod coalesced_wait_n;
mod fairness;
mod faulty;
mod fused;
mod handles;
mod intervals;
mod join_set;
mod max_delay;
mod mock;
mod order;
mod reaped;
mod refused;
mod task_wait_n;
mod timeouts;
mod wait_n;
mod wall_clock;
mod yields;
