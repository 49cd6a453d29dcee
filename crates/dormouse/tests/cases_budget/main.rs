//! Time goes on whatever a task does: cases A1, A10, A11, A16, A27 and A28, and variants of them.

mod busy;
#[path = "../harness/child.rs"]
mod child;
mod past_deadlines;
mod spent_budget;
mod ticks;
