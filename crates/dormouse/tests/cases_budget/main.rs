//! Time goes on whatever a task does: one that computes, yields, or has spent its budget.

mod busy;
#[path = "../harness/child.rs"]
mod child;
mod past_deadlines;
mod spent_budget;
mod ticks;
