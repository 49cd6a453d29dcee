//! The contract of dormouse as tests.
//!
//! An adapter that depends on this crate for its tests gets the whole suite with one line. This is
//! its file `tests/conformance.rs`:
//!
//! ```
//! dormouse_conformance::conformance!(dormouse_smol::Smol);
//! ```
//!
//! Every case is a test of its own, named after the promise that it checks, on a thread of its own
//! under a watchdog: a broken runtime fails with a message and the figures, it does not hang.
//! Before the first case, a few first steps check that the runtime runs anything; one that does not
//! is reported once, in seconds, by one message.
//!
//! The runtime is an owner, whose `handle()` is the [`Runtime`], or a type that is both. If another
//! type drives it, [`conformance!`] has a form for that, and so has [`blocking_conformance!`],
//! which has the cases on [`SpawnBlocking`](dormouse_core::SpawnBlocking): a runtime need not have
//! it. For runtimes whose tasks stay on one thread, [`local_conformance!`] has the cases of the
//! sleeps, those of [`cases::local`], [`cases::local_waking`] and [`cases::local_yielding`], and
//! those on tasks that use one thread; and [`local_blocking_conformance!`] has those on closures.
//! Where nothing can block, as in a browser, [`async_conformance!`] has them as async tests.
//!
//! | [`Sleeper`] MUST | cases |
//! |---|---|
//! | never end early, by its own `now` | [`sleep_is_never_early`], [`many_sleeps_are_never_early`], [`a_sleep_polled_in_a_loop_is_never_early`], [`a_sleep_is_never_early_on_another_thread`] |
//! | count from the call | [`sleep_counts_from_the_call`], [`a_sleep_made_outside_counts_from_the_call`] |
//! | be ready when polled at or after its deadline | [`a_sleep_is_ready_after_its_deadline`], [`a_sleep_is_ready_whatever_its_task_has_done`], [`a_sleep_is_ready_after_many_handles`], [`a_past_deadline_ends_at_once`], [`a_zero_sleep_ends`], [`a_due_sleep_is_ready_at_its_first_poll`], [`a_sleep_in_a_task_is_ready_whatever_it_has_done`] |
//! | neither panic nor fire on a far deadline | [`a_far_deadline_neither_panics_nor_fires`] |
//! | cancel on drop | [`dropping_a_sleep_cancels_it`], [`dropping_a_sleep_on_another_thread_cancels_it`], [`dropping_a_sleep_that_was_reset_cancels_it`], [`dropping_a_sleep_cancels_no_other`] |
//! | drop its waker when it is dropped | [`a_dropped_sleep_drops_its_waker`] |
//! | wake the latest waker | [`sleep_wakes_the_latest_waker`], [`a_sleep_can_be_polled_on_another_thread`], [`a_sleep_can_end_on_another_thread`], [`a_sleep_can_move_to_another_task`], [`each_of_many_sleeps_wakes_its_waker`] |
//! | survive any waker | [`a_waker_that_panics_harms_no_other_sleep`], [`a_waker_whose_drop_panics_harms_no_other_sleep`], [`a_waker_may_use_its_runtime`], [`a_waker_may_own_sleeps`], [`the_drop_of_a_waker_may_use_its_runtime`] |
//! | delay no other sleep when it is kept without being polled | [`a_kept_sleep_delays_no_other`], [`a_forgotten_sleep_delays_no_other`], [`a_buffer_of_sleeps_goes_on`], [`a_kept_sleep_delays_no_other_task`] |
//! | keep `now` and `sleep_until` on one clock, which never goes back | [`now_and_sleep_until_share_a_clock`], [`now_never_goes_back`], [`now_never_goes_back_between_threads`], [`now_never_goes_back_in_a_task`], [`handles_read_one_clock`], [`now_never_goes_back_when_the_runtime_goes`] |
//! | outlive its runtime, and end while that rests | [`a_sleep_outlives_its_runtime`], [`an_awaited_sleep_outlives_its_runtime`], [`a_sleep_ends_while_its_runtime_rests`] |
//! | be made and reset when the runtime is gone or goes, and end | [`a_sleep_of_a_runtime_that_is_gone_ends`], [`a_sleep_can_be_reset_when_its_runtime_is_gone`], [`a_destructor_can_sleep_when_the_runtime_goes`] |
//! | take another deadline by `reset` | [`a_sleep_can_be_reset`], [`a_sleep_reset_as_it_fires_is_never_early`], [`a_sleep_can_be_reset_to_a_far_deadline`], [`a_sleep_can_be_reset_again`], [`a_sleep_reset_to_the_past_is_ready`], [`a_reset_counts_from_the_call`] |
//! | with all that, run sleeps at the same time | [`sleeps_run_at_once`], [`ten_thousand_sleeps_end`] |
//!
//! | [`Task`] MUST | cases |
//! |---|---|
//! | run without being awaited | [`a_task_runs_without_being_awaited`], [`tasks_run_at_once`], [`a_task_can_spawn_a_task`], [`a_task_outlives_its_block_on`] |
//! | not be polled in the call that spawns or wakes it | [`a_spawn_polls_nothing`], [`a_wake_polls_nothing`] |
//! | go on when the handle is dropped | [`dropping_a_handle_lets_the_task_finish`], [`detaching_a_handle_lets_the_task_finish`] |
//! | give the value, or why there is none | [`a_handle_gives_the_value`], [`a_panic_reaches_the_handle`], [`a_panic_in_the_poll_of_an_abort_reaches_the_handle`], [`the_first_panic_is_the_one_that_counts`] |
//! | drop the future before the handle resolves, after `abort`, too | [`abort_drops_the_future_before_the_handle_resolves`], [`abort_after_the_end_keeps_the_value`], [`abort_wakes_the_one_who_awaits`], [`an_abort_during_a_poll_ends_the_task`], [`a_task_can_abort_a_task`], [`a_task_can_abort_itself`], [`an_output_of_an_aborted_poll_is_dropped`], [`a_future_is_dropped_before_its_handle_resolves`], [`abort_after_the_end_harms_no_other_task`], [`abort_ends_a_task_that_never_rests`] |
//! | be polled again when woken, by whichever of its wakers, and ignore them after its end | [`a_wake_during_a_poll_is_not_lost`], [`a_waker_kept_past_the_end_harms_nobody`], [`a_task_that_waits_can_be_woken_by_another_thread`], [`a_thread_that_panics_can_wake_a_task`], [`wake_ups_return_while_the_runtime_rests`], [`a_waker_of_an_earlier_poll_wakes_the_task`], [`many_wakes_are_not_lost`] |
//! | wake the waker of the handle's latest poll, without a lock | [`a_handle_wakes_the_latest_waker`], [`an_aborted_handle_wakes_the_latest_waker`], [`the_waker_of_a_handle_may_use_it`], [`a_dropped_handle_drops_its_waker`], [`many_ends_are_not_lost`] |
//! | not make its handle wait for a poll | [`a_handle_can_be_dropped_during_a_poll`] |
//! | keep every panic from the executor and from other tasks | [`a_panic_leaves_the_executor_alive`], [`a_payload_that_panics_harms_nobody`], [`a_waker_that_panics_harms_no_other_task`], [`a_waker_whose_drop_panics_harms_no_other_task`], [`a_panic_of_block_on_harms_no_task`] |
//! | give the panic of the future's destructor | [`a_destructor_that_panics_on_abort_is_the_panic_of_the_task`], [`a_destructor_that_panics_at_the_end_is_the_panic_of_the_task`] |
//! | let the destructors of the future and of the output spawn and abort, and the former wake its task | [`a_destructor_can_abort_and_spawn`], [`a_destructor_can_abort_and_spawn_at_the_end`], [`a_destructor_can_wake_its_own_task`] |
//! | drop an output that is not taken, once and without a panic | [`an_output_is_dropped_exactly_once`], [`an_output_that_panics_harms_nobody`], [`a_finished_handle_is_dropped_without_a_panic`], [`an_output_is_dropped_when_the_runtime_is_gone`] |
//! | panic when polled again after its end | [`a_handle_polled_after_its_end_panics`] |
//! | be a handle that can be sent and queried | [`a_handle_can_be_awaited_in_another_task`], [`a_handle_can_be_awaited_on_another_thread`], [`is_finished_tells_the_end`], [`is_finished_keeps_the_waker`], [`a_task_that_is_finished_is_ready`], [`a_task_that_has_failed_and_is_finished_is_ready`] |
//!
//! | [`Runtime`] MUST have | cases |
//! |---|---|
//! | handles that keep nothing alive | [`a_task_that_holds_a_handle_keeps_no_runtime`] |
//! | an owner whose drop ends the runtime, wherever it is dropped | [`a_runtime_can_go_while_a_panic_unwinds`], [`a_runtime_can_go_inside_of_another`], [`a_destructor_that_panics_when_the_runtime_goes_harms_nobody`] |
//! | that drop without waiting, and an end soon after it | [`the_drop_of_an_owner_waits_for_no_poll`], [`a_busy_task_ends_soon_after_its_owner`], [`a_runtime_without_threads_drops_its_tasks_at_once`] |
//! | tasks and sleeps that no other runtime takes or ends | [`a_task_woken_in_another_runtime_stays_in_its_own`], [`the_end_of_a_runtime_harms_no_other`] |
//! | tasks that are cancelled with their runtime | [`a_task_whose_runtime_is_gone_is_cancelled`], [`is_finished_waits_for_the_drop_when_the_runtime_goes`], [`the_end_of_a_runtime_wakes_those_who_await`], [`a_waker_that_panics_when_the_runtime_goes_harms_nobody`], [`each_of_many_tasks_is_cancelled_when_the_runtime_goes`], [`destructors_can_wake_and_abort_when_the_runtime_goes`] |
//! | values and panics that outlive it | [`a_result_outlives_its_runtime`] |
//! | a cancelled task for a spawn after that, or meanwhile | [`a_spawn_on_a_runtime_that_is_gone_is_cancelled`], [`a_destructor_can_spawn_when_the_runtime_goes`], [`spawns_while_the_runtime_goes_end`] |
//! | [`BlockOn`] that does not hang inside itself | [`block_on_inside_of_block_on_ends`], [`block_on_inside_of_a_task_ends`], [`block_on_inside_of_a_local_task_ends`] |
//! | [`BlockOn`] that polls again when woken during a poll | [`a_wake_during_a_poll_of_block_on_is_not_lost`], [`block_on_can_be_woken_by_another_thread`], [`several_threads_can_block_on_at_once`] |
//! | [`BlockOn`] that goes on while tasks spawn others | [`a_chain_of_tasks_lets_block_on_run`] |
//! | wakers of [`BlockOn`] that do nothing after its end | [`a_waker_of_block_on_kept_past_the_end_harms_nobody`] |
//! | [`BlockOn`] that drops its future | [`block_on_drops_its_future`] |
//! | [`BlockOn`] that works again after a panic | [`block_on_works_again_after_a_panic`] |
//! | outside of its context: a panic with a message, at the caller's line | [`outside_of_a_context_it_works_or_says_what_to_do`], [`a_reset_outside_of_a_context_works_or_says_what_to_do`], [`outside_of_block_on_a_sleep_works_or_says_what_to_do`], [`can_spawn_says_whether_a_spawn_works`] |
//! | `yield_now` that lets tasks and timers run | [`yield_now_lets_another_task_run`], [`yield_now_lets_the_timers_run`], [`yield_now_in_block_on_lets_others_run`], [`yield_now_is_pending_at_its_first_poll`] |
//! | tasks that wake themselves or each other, and let others run | [`a_task_that_wakes_itself_lets_another_task_run`], [`tasks_that_wake_each_other_let_another_task_run`] |
//!
//! The cases on closures that block are in [`cases::blocking`], [`cases::blocking_handle`],
//! [`cases::blocking_failure`] and [`cases::blocking_gone`]. More cases on how a task ends are in
//! [`cases::abort`] and [`cases::abort_on_drop`]. The functions over the traits have their cases in
//! [`cases::sets`], [`cases::set_shutdown`],
//! [`cases::abort_handles`], [`cases::wall_clock`], [`cases::timeouts`], [`cases::intervals`],
//! [`cases::functions`], [`cases::lists`] and [`cases::streams`].
//!
//! Each case is itself tested in this crate: a runtime that breaks the promise fails it.
//!
//! [`Sleeper`]: dormouse_core::Sleeper
//! [`Task`]: dormouse_core::Task
//! [`Runtime`]: dormouse_core::Runtime
//! [`BlockOn`]: dormouse_core::BlockOn

pub use crate::order::check_list;
pub use crate::preflight::{local_preflight, preflight};
pub use crate::watchdog::{watch, watch_for};

/// What the tables above name.
#[cfg(doc)]
use cases::{
    abort::*, abort_inside::*, block_on::*, block_on_elsewhere::*, context::*, deadline::*,
    destructor_spawns::*, destructors::*, dropped_sleeps::*, failure::*, finished::*,
    foreign_wakers::*, gone::*, gone_awaited::*, gone_destructors::*, gone_sleeps::*,
    gone_spawns::*, gone_tasks::*, handle::*, handle_in_a_poll::*, kept::*,
    local::block_on_inside_of_a_local_task_ends, now::*, owner_drop::*, ready::*, reset::*,
    sleeper::*, task::*, two_runtimes::*, wakers::*, wakers_that_sleep::*, wakes::*,
    wakes_elsewhere::*, waking::*, yielding::*,
};

mod async_suite;
mod blocking_suite;
mod boxed;
mod bystanders;
mod case;
#[expect(clippy::missing_panics_doc, reason = "to panic is how a case fails")]
pub mod cases;
mod clock;
mod counted;
mod driver;
mod ending;
mod endless;
mod handle;
mod limit;
mod list;
mod local_suite;
mod on_drop;
mod order;
mod panics;
mod preflight;
mod results;
#[expect(clippy::missing_panics_doc, reason = "to panic is how a case fails")]
mod run;
mod shared;
mod suite;
mod table;
mod thread_bound;
mod watchdog;
mod witness;

/// What the macros and the shaker call.
#[doc(hidden)]
pub mod __private {
    pub use crate::handle::{Driven, Handle};
    pub use crate::run::{
        run, run_blocking_conformance, run_conformance, run_for, run_local_blocking_conformance,
        run_local_conformance,
    };
    pub use crate::shared::{InTasks, OnItsThread, Shared};
    pub use crate::thread_bound::ThreadBound;
    pub use crate::watchdog::watch_async;
}
