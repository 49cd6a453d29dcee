//! The suite for runtimes whose tasks stay on one thread.

/// Makes a `#[test]` of every case for a runtime whose tasks stay on one thread, and which can
/// block on a future: those of its sleeps, those of [`LocalSpawner`](dormouse_core::LocalSpawner),
/// and those on tasks that use one thread.
///
/// The expression is an owner, whose `handle()` has both, or a type that is `Clone` and has both
/// itself. [`conformance!`](crate::conformance) has forms for a runtime with another driver, and
/// options; this macro has neither.
///
/// # Examples
///
/// ```
/// dormouse_conformance::local_conformance!(dormouse_smol::SmolLocal::new());
/// ```
#[macro_export]
macro_rules! local_conformance {
    ($runtime:expr $(,)?) => {
        $crate::__run! { run_local_conformance [itself [$runtime]] }
        $crate::__each_case! { __local_tests run_local_conformance }
        $crate::__each_local_case! { __local_tests run_local_conformance }
    };
}

/// The list of the cases on local tasks; those on sleeps are in
/// [`__each_case`](crate::__each_case).
///
/// `bound` cases are the `tasks` of that list that use one thread; `bound_lent`, `bound_given` and
/// `bound_any_given` cases are its `lent`, `given` and `any_given` ones, and `bound_twins` its `twins`.
/// They get the runtime as a `ThreadBound`.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_local_case {
    ($then:ident $($with:tt)*) => {
        $crate::$then! { $($with)*
            sleeps local {
                a_local_task_gives_a_value_that_is_not_send,
                local_tasks_run_at_once,
                dropping_a_local_handle_lets_the_task_finish,
                aborting_a_local_task_drops_its_future_first,
            }
            sleeps local_waking {
                a_local_task_stays_on_its_thread,
            }
            unwinds local {
                a_local_panic_reaches_the_handle,
                a_local_destructor_that_panics_is_the_panic_of_the_task,
                a_local_handle_polled_after_its_end_panics,
            }
            sleeps local_sets {
                a_local_set_gives_results_as_its_tasks_end,
                dropping_a_local_set_aborts_its_tasks,
                shutting_a_local_set_down_drops_every_future,
                a_local_abort_handle_ends_a_task_that_sleeps,
            }
            sleeps local_yielding {
                yield_local_lets_another_task_run,
                yield_local_lets_the_timers_run,
                yield_local_is_pending_at_its_first_poll,
            }
            bound yielding {
                yield_now_in_block_on_lets_others_run,
                a_chain_of_tasks_lets_block_on_run,
                tasks_that_wake_each_other_let_another_task_run,
            }
            driven local {
                a_local_task_spawned_outside_of_block_on_runs_in_it,
            }
            driven local_waking {
                a_local_task_can_be_woken_by_another_thread,
            }
            local_given local {
                block_on_inside_of_a_local_task_ends,
            }
            local_given gone_spawns {
                local_spawns_on_a_runtime_that_is_gone_let_others_run,
            }
            local_given local_gone {
                a_local_spawn_on_a_runtime_that_is_gone_is_cancelled,
            }
            bound task {
                dropping_a_handle_lets_the_task_finish,
                tasks_run_at_once,
                a_task_can_spawn_a_task,
                an_output_is_dropped_exactly_once,
            }
            bound handle {
                a_handle_gives_the_value,
                a_handle_can_be_awaited_in_another_task,
                a_handle_wakes_the_latest_waker,
                a_handle_polled_after_its_end_panics,
            }
            bound handle_in_a_poll {
                many_ends_are_not_lost,
            }
            bound finished {
                is_finished_tells_the_end,
                is_finished_keeps_the_waker,
                a_task_that_is_finished_is_ready,
            }
            bound abort {
                abort_before_the_first_poll_gives_cancelled,
                abort_while_sleeping_gives_cancelled,
                abort_after_the_end_keeps_the_value,
                abort_after_the_end_harms_no_other_task,
                abort_ends_a_task_that_never_rests,
                aborting_twice_is_aborting_once,
                abort_wakes_the_one_who_awaits,
                abort_ends_a_task_whose_handle_is_dropped,
            }
            bound abort_inside {
                a_task_can_abort_a_task,
            }
            bound destructor_spawns {
                a_destructor_can_abort_and_spawn,
                a_destructor_can_wake_its_own_task,
            }
            bound abort_on_drop {
                abort_on_drop_aborts,
                abort_on_drop_can_be_detached,
            }
            bound failure {
                a_panic_reaches_the_handle,
                a_panic_after_a_sleep_reaches_the_handle,
                a_panic_wakes_the_one_who_awaits,
                a_panic_leaves_the_executor_alive,
                a_panic_in_the_poll_of_an_abort_reaches_the_handle,
            }
            bound destructors {
                a_destructor_that_panics_on_abort_is_the_panic_of_the_task,
                a_destructor_that_panics_at_the_end_is_the_panic_of_the_task,
                the_first_panic_is_the_one_that_counts,
                an_output_that_panics_harms_nobody,
                a_finished_handle_is_dropped_without_a_panic,
                a_payload_that_panics_harms_nobody,
            }
            bound wakers_that_sleep {
                a_waker_may_use_its_runtime,
                a_waker_may_own_sleeps,
            }
            bound wakers {
                a_waker_kept_past_the_end_harms_nobody,
                a_waker_that_panics_harms_no_other_task,
                a_dropped_handle_drops_its_waker,
            }
            bound wakes {
                a_wake_during_a_poll_is_not_lost,
            }
            bound wakes_elsewhere {
                a_thread_that_panics_can_wake_a_task,
                a_wake_polls_nothing,
            }
            bound_lent wakes_elsewhere {
                wake_ups_return_while_the_runtime_rests,
            }
            bound ready {
                a_sleep_is_ready_after_many_handles,
            }
            bound kept {
                a_kept_sleep_delays_no_other_task,
            }
            bound waking {
                a_sleep_can_move_to_another_task,
            }
            bound_given gone {
                a_task_whose_runtime_is_gone_is_cancelled,
                a_task_that_holds_a_handle_keeps_no_runtime,
            }
            bound_given gone_awaited {
                the_end_of_a_runtime_wakes_those_who_await,
                a_waker_that_panics_when_the_runtime_goes_harms_nobody,
                a_result_outlives_its_runtime,
            }
            bound_given gone_destructors {
                a_destructor_can_spawn_when_the_runtime_goes,
                destructors_can_wake_and_abort_when_the_runtime_goes,
            }
            bound_any_given gone_sleeps {
                a_sleep_of_a_runtime_that_is_gone_ends,
            }
            bound_twins two_runtimes {
                the_end_of_a_runtime_harms_no_other,
                a_task_woken_in_another_runtime_stays_in_its_own,
            }
            bound_given owner_drop {
                a_destructor_that_panics_when_the_runtime_goes_harms_nobody,
                a_runtime_can_go_while_a_panic_unwinds,
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __local_tests {
    ($run:ident $($kind:ident $file:ident { $($case:ident,)* })*) => {
        $($($crate::__local_test! { $kind $run $case })*)*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __local_test {
    // These need tasks that may move between threads.
    (tasks $($of:tt)*) => {};
    (many $($of:tt)*) => {};
    (lent $($of:tt)*) => {};
    (alone $($of:tt)*) => {};
    (given $($of:tt)*) => {};
    (any_given $($of:tt)*) => {};
    (twins $($of:tt)*) => {};
    (shared $($of:tt)*) => {};
    ($kind:ident $run:ident $case:ident) => {
        $crate::__test! { $kind [itself] [] $run $case }
    };
}
