//! The contract of dormouse as tests.
//!
//! An adapter that depends on this crate for its tests has the whole suite for one line. This is
//! its file `tests/conformance.rs`:
//!
//! ```
//! dormouse_conformance::conformance!(dormouse_smol::Smol);
//! ```
//!
//! Every case is a test of its own, named by the promise it stands for, on a thread of its own
//! under a watchdog: a broken runtime fails with a message and the figures, it does not hang.
//!
//! | [`Sleeper`] MUST | cases |
//! |---|---|
//! | never end early, by its own `now` | [`sleep_is_never_early`], [`many_sleeps_are_never_early`] |
//! | count from the call | [`sleep_counts_from_the_call`] |
//! | end at once on a past deadline | [`a_past_deadline_ends_at_once`], [`a_zero_sleep_ends`] |
//! | neither panic nor fire on a far one | [`a_far_deadline_neither_panics_nor_fires`] |
//! | cancel on drop | [`dropping_a_sleep_cancels_it`] |
//! | wake the latest waker | [`sleep_wakes_the_latest_waker`], [`a_sleep_can_be_polled_on_another_thread`] |
//! | keep `now` and `sleep_until` on one clock | [`now_and_sleep_until_share_a_clock`], [`now_never_goes_back`] |
//! | and with all that, sleep at once | [`sleeps_run_at_once`], [`ten_thousand_sleeps_end`] |
//!
//! | [`Task`] MUST | cases |
//! |---|---|
//! | run without being awaited | [`a_task_runs_without_being_awaited`], [`tasks_run_at_once`] |
//! | go on when the handle is dropped | [`dropping_a_handle_lets_the_task_finish`], [`detaching_a_handle_lets_the_task_finish`] |
//! | give the value, or why there is none | [`a_handle_gives_the_value`], [`an_output_is_dropped_exactly_once`], [`a_panic_reaches_the_handle`] |
//! | after `abort`, drop the future before the handle resolves | all of [`cases::abort`] and [`cases::abort_on_drop`] |
//! | keep the executor from a panic | [`a_panic_leaves_the_executor_alive`] |
//! | be cancelled with its runtime | [`a_task_whose_runtime_is_gone_is_cancelled`] |
//! | be asked without losing who awaits it | [`is_finished_tells_the_end`], [`is_finished_keeps_the_waker`] |
//!
//! The functions over the traits have theirs in [`cases::functions`],
//! [`cases::lists`] and [`cases::streams`].
//!
//! Where tasks stay on one thread, [`local_conformance!`] has the cases of the sleeps, and those of
//! [`cases::local`].
//!
//! [`Sleeper`]: dormouse_core::Sleeper
//! [`Task`]: dormouse_core::Task
//! [`sleep_is_never_early`]: cases::sleeper::sleep_is_never_early
//! [`many_sleeps_are_never_early`]: cases::sleeper::many_sleeps_are_never_early
//! [`sleep_counts_from_the_call`]: cases::sleeper::sleep_counts_from_the_call
//! [`a_past_deadline_ends_at_once`]: cases::deadline::a_past_deadline_ends_at_once
//! [`a_zero_sleep_ends`]: cases::deadline::a_zero_sleep_ends
//! [`a_far_deadline_neither_panics_nor_fires`]: cases::deadline::a_far_deadline_neither_panics_nor_fires
//! [`dropping_a_sleep_cancels_it`]: cases::waking::dropping_a_sleep_cancels_it
//! [`sleep_wakes_the_latest_waker`]: cases::waking::sleep_wakes_the_latest_waker
//! [`a_sleep_can_be_polled_on_another_thread`]: cases::waking::a_sleep_can_be_polled_on_another_thread
//! [`now_and_sleep_until_share_a_clock`]: cases::sleeper::now_and_sleep_until_share_a_clock
//! [`now_never_goes_back`]: cases::sleeper::now_never_goes_back
//! [`sleeps_run_at_once`]: cases::sleeper::sleeps_run_at_once
//! [`ten_thousand_sleeps_end`]: cases::sleeper::ten_thousand_sleeps_end
//! [`a_task_runs_without_being_awaited`]: cases::task::a_task_runs_without_being_awaited
//! [`tasks_run_at_once`]: cases::task::tasks_run_at_once
//! [`dropping_a_handle_lets_the_task_finish`]: cases::task::dropping_a_handle_lets_the_task_finish
//! [`detaching_a_handle_lets_the_task_finish`]: cases::task::detaching_a_handle_lets_the_task_finish
//! [`a_handle_gives_the_value`]: cases::handle::a_handle_gives_the_value
//! [`an_output_is_dropped_exactly_once`]: cases::task::an_output_is_dropped_exactly_once
//! [`is_finished_tells_the_end`]: cases::handle::is_finished_tells_the_end
//! [`is_finished_keeps_the_waker`]: cases::handle::is_finished_keeps_the_waker
//! [`a_panic_reaches_the_handle`]: cases::failure::a_panic_reaches_the_handle
//! [`a_panic_leaves_the_executor_alive`]: cases::failure::a_panic_leaves_the_executor_alive
//! [`a_task_whose_runtime_is_gone_is_cancelled`]: cases::failure::a_task_whose_runtime_is_gone_is_cancelled

#![cfg_attr(docsrs, feature(doc_cfg))]

pub use crate::order::check_list;
pub use crate::preflight::{local_preflight, preflight};
pub use crate::watchdog::{watch, watch_for};

mod blocking_suite;
mod case;
#[expect(clippy::missing_panics_doc, reason = "to panic is how a case fails")]
pub mod cases;
mod clock;
mod counted;
mod handle;
mod limit;
mod local_suite;
mod order;
mod preflight;
mod suite;
mod watchdog;
mod witness;

/// What the macros call.
#[doc(hidden)]
pub mod __private {
    pub use crate::handle::{Driven, Handle};
    pub use crate::preflight::run;
}
