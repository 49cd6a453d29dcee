//! The list of the cases.

/// The one list of all cases, by the file they are in.
///
/// * `sleeps` cases are futures that borrow a sleeper: they work on all sleepers, and where nothing
///   can block;
/// * `unwinds` cases are the same, but catch a panic: they do not work where panics abort;
/// * `tasks` cases are futures that borrow a runtime whose tasks may move between threads;
/// * `driven` cases borrow a sleeper and its driver;
/// * `lent` cases borrow the runtime and its driver;
/// * `alone` cases are for runtimes that need no driver, and work on any thread;
/// * `given` cases drop the runtime and its driver themselves, and are skipped if these are the
///   same, as nothing ends such a runtime;
/// * `any_given` cases are the same, and are never skipped;
/// * `twins` cases also get another runtime and its driver, so they are not values of type `Case`:
///   `run_conformance` calls them;
/// * `shared` cases share the driver with a task, if it is `Send` and `Sync`, and are called there,
///   too;
/// * `many` cases are `tasks` for runtimes that can run a hundred thousand tasks at a time.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_case {
    ($then:ident $($with:tt)*) => {
        $crate::$then! { $($with)*
            sleeps sleeper {
                sleep_is_never_early,
                many_sleeps_are_never_early,
                sleeps_run_at_once,
                sleep_counts_from_the_call,
                ten_thousand_sleeps_end,
                a_sleep_polled_in_a_loop_is_never_early,
            }
            sleeps now {
                now_never_goes_back,
                now_and_sleep_until_share_a_clock,
                handles_read_one_clock,
            }
            driven sleeper {
                a_sleep_made_outside_counts_from_the_call,
                each_of_many_sleeps_wakes_its_waker,
            }
            tasks now {
                now_never_goes_back_between_threads,
                now_never_goes_back_in_a_task,
            }
            sleeps reset {
                a_sleep_can_be_reset,
                a_sleep_reset_as_it_fires_is_never_early,
                a_sleep_can_be_reset_to_a_far_deadline,
                a_sleep_can_be_reset_again,
                a_sleep_reset_to_the_past_is_ready,
                a_reset_counts_from_the_call,
            }
            sleeps dropped_sleeps {
                dropping_a_sleep_that_was_reset_cancels_it,
                dropping_a_sleep_cancels_it,
                dropping_a_sleep_cancels_no_other,
                a_dropped_sleep_drops_its_waker,
            }
            sleeps deadline {
                a_past_deadline_ends_at_once,
                a_zero_sleep_ends,
                a_far_deadline_neither_panics_nor_fires,
            }
            sleeps ready {
                a_sleep_is_ready_after_its_deadline,
                a_sleep_is_ready_whatever_its_task_has_done,
                a_due_sleep_is_ready_at_its_first_poll,
            }
            tasks ready {
                a_sleep_is_ready_after_many_handles,
                a_sleep_in_a_task_is_ready_whatever_it_has_done,
            }
            sleeps kept {
                a_kept_sleep_delays_no_other,
                a_forgotten_sleep_delays_no_other,
                a_buffer_of_sleeps_goes_on,
            }
            tasks kept {
                a_kept_sleep_delays_no_other_task,
            }
            sleeps waking {
                sleep_wakes_the_latest_waker,
            }
            driven foreign_wakers {
                a_waker_that_panics_harms_no_other_sleep,
                a_waker_whose_drop_panics_harms_no_other_sleep,
            }
            tasks wakers_that_sleep {
                a_waker_may_use_its_runtime,
                a_waker_may_own_sleeps,
                the_drop_of_a_waker_may_use_its_runtime,
            }
            tasks waking {
                a_sleep_can_be_polled_on_another_thread,
                a_sleep_can_end_on_another_thread,
                a_sleep_can_move_to_another_task,
                a_sleep_is_never_early_on_another_thread,
            }
            tasks dropped_sleeps {
                dropping_a_sleep_on_another_thread_cancels_it,
            }
            lent context {
                outside_of_a_context_it_works_or_says_what_to_do,
                can_spawn_says_whether_a_spawn_works,
            }
            tasks context {
                a_reset_outside_of_a_context_works_or_says_what_to_do,
            }
            lent block_on {
                a_panic_of_block_on_harms_no_task,
            }
            driven context {
                outside_of_block_on_a_sleep_works_or_says_what_to_do,
            }
            driven block_on {
                block_on_inside_of_block_on_ends,
                block_on_works_again_after_a_panic,
                a_wake_during_a_poll_of_block_on_is_not_lost,
                block_on_can_be_woken_by_another_thread,
                a_waker_of_block_on_kept_past_the_end_harms_nobody,
                block_on_drops_its_future,
            }
            shared block_on_elsewhere {
                block_on_inside_of_a_task_ends,
                several_threads_can_block_on_at_once,
            }
            tasks task {
                a_task_runs_without_being_awaited,
                dropping_a_handle_lets_the_task_finish,
                detaching_a_handle_lets_the_task_finish,
                tasks_run_at_once,
                a_task_can_spawn_a_task,
                an_output_is_dropped_exactly_once,
                a_spawn_polls_nothing,
            }
            lent task {
                a_task_outlives_its_block_on,
            }
            alone task {
                a_plain_thread_can_spawn_and_sleep,
            }
            tasks yielding {
                yield_now_lets_another_task_run,
                a_task_that_wakes_itself_lets_another_task_run,
                tasks_that_wake_each_other_let_another_task_run,
                yield_now_lets_the_timers_run,
                yield_now_in_block_on_lets_others_run,
                a_chain_of_tasks_lets_block_on_run,
                yield_now_is_pending_at_its_first_poll,
            }
            tasks handle {
                a_handle_gives_the_value,
                a_handle_can_be_awaited_in_another_task,
                a_handle_can_be_awaited_on_another_thread,
                a_handle_wakes_the_latest_waker,
                a_handle_polled_after_its_end_panics,
                an_aborted_handle_wakes_the_latest_waker,
                the_waker_of_a_handle_may_use_it,
            }
            tasks handle_in_a_poll {
                a_handle_can_be_dropped_during_a_poll,
                many_ends_are_not_lost,
            }
            tasks finished {
                is_finished_tells_the_end,
                is_finished_keeps_the_waker,
                a_task_that_is_finished_is_ready,
                a_task_that_has_failed_and_is_finished_is_ready,
                a_future_is_dropped_before_its_handle_resolves,
            }
            tasks abort {
                abort_before_the_first_poll_gives_cancelled,
                abort_while_sleeping_gives_cancelled,
                abort_after_the_end_keeps_the_value,
                abort_after_the_end_harms_no_other_task,
                abort_ends_a_task_that_never_rests,
                aborting_twice_is_aborting_once,
                abort_wakes_the_one_who_awaits,
                abort_ends_a_task_whose_handle_is_dropped,
            }
            tasks abort_inside {
                abort_drops_the_future_before_the_handle_resolves,
                a_task_can_abort_a_task,
                an_abort_during_a_poll_ends_the_task,
                an_output_of_an_aborted_poll_is_dropped,
                a_task_can_abort_itself,
            }
            tasks destructor_spawns {
                a_destructor_can_abort_and_spawn,
                a_destructor_can_abort_and_spawn_at_the_end,
                a_destructor_can_wake_its_own_task,
            }
            tasks abort_on_drop {
                abort_on_drop_aborts,
                abort_on_drop_can_be_detached,
            }
            tasks abort_handles {
                an_abort_handle_ends_a_task_that_sleeps,
                an_abort_handle_keeps_the_value,
                an_abort_handle_outlives_the_handle,
                an_abort_handle_can_be_asked_by_two_threads,
            }
            tasks failure {
                a_panic_reaches_the_handle,
                a_panic_after_a_sleep_reaches_the_handle,
                a_panic_wakes_the_one_who_awaits,
                a_panic_leaves_the_executor_alive,
                a_panic_in_the_poll_of_an_abort_reaches_the_handle,
            }
            tasks destructors {
                a_destructor_that_panics_on_abort_is_the_panic_of_the_task,
                a_destructor_that_panics_at_the_end_is_the_panic_of_the_task,
                the_first_panic_is_the_one_that_counts,
                an_output_that_panics_harms_nobody,
                a_finished_handle_is_dropped_without_a_panic,
                a_payload_that_panics_harms_nobody,
            }
            tasks wakers {
                a_waker_kept_past_the_end_harms_nobody,
                a_waker_that_panics_harms_no_other_task,
                a_waker_whose_drop_panics_harms_no_other_task,
                a_dropped_handle_drops_its_waker,
            }
            tasks wakes {
                a_wake_during_a_poll_is_not_lost,
                a_waker_of_an_earlier_poll_wakes_the_task,
                many_wakes_are_not_lost,
            }
            tasks wakes_elsewhere {
                a_task_that_waits_can_be_woken_by_another_thread,
                a_thread_that_panics_can_wake_a_task,
                a_wake_polls_nothing,
            }
            lent wakes_elsewhere {
                wake_ups_return_while_the_runtime_rests,
            }
            given gone {
                a_task_whose_runtime_is_gone_is_cancelled,
                a_task_that_holds_a_handle_keeps_no_runtime,
                a_spawn_on_a_runtime_that_is_gone_is_cancelled,
            }
            any_given gone {
                a_sleep_outlives_its_runtime,
            }
            given gone_tasks {
                each_of_many_tasks_is_cancelled_when_the_runtime_goes,
                a_runtime_without_threads_drops_its_tasks_at_once,
                is_finished_waits_for_the_drop_when_the_runtime_goes,
                an_output_is_dropped_when_the_runtime_is_gone,
            }
            given gone_awaited {
                the_end_of_a_runtime_wakes_those_who_await,
                a_waker_that_panics_when_the_runtime_goes_harms_nobody,
                a_result_outlives_its_runtime,
            }
            given gone_destructors {
                a_destructor_can_spawn_when_the_runtime_goes,
                destructors_can_wake_and_abort_when_the_runtime_goes,
                a_destructor_can_sleep_when_the_runtime_goes,
            }
            given gone_spawns {
                spawns_on_a_runtime_that_is_gone_let_others_run,
                spawns_while_the_runtime_goes_end,
            }
            any_given gone_sleeps {
                an_awaited_sleep_outlives_its_runtime,
                a_sleep_of_a_runtime_that_is_gone_ends,
                a_sleep_can_be_reset_when_its_runtime_is_gone,
                now_never_goes_back_when_the_runtime_goes,
                a_sleep_ends_while_its_runtime_rests,
            }
            given owner_drop {
                a_destructor_that_panics_when_the_runtime_goes_harms_nobody,
                the_drop_of_an_owner_waits_for_no_poll,
                a_busy_task_ends_soon_after_its_owner,
                a_runtime_can_go_while_a_panic_unwinds,
            }
            twins owner_drop {
                a_runtime_can_go_inside_of_another,
            }
            twins two_runtimes {
                the_end_of_a_runtime_harms_no_other,
                a_task_woken_in_another_runtime_stays_in_its_own,
            }
            tasks sets {
                a_set_gives_results_as_its_tasks_end,
                a_set_keeps_results_until_they_are_taken,
                a_set_gives_panics_and_cancellations,
                a_set_wakes_the_latest_waker,
                a_set_leaves_others_their_share,
            }
            tasks set_shutdown {
                dropping_a_set_aborts_its_tasks,
                shutting_a_set_down_drops_every_future,
                detaching_a_set_lets_its_tasks_finish,
            }
            given set_shutdown {
                a_set_whose_runtime_is_gone_is_cancelled,
            }
            sleeps timeouts {
                a_timeout_gives_the_output_or_elapsed,
                a_timeout_fires_over_a_future_that_is_always_busy,
                a_timeout_gives_its_future_back,
                elapsed_is_an_io_error,
            }
            unwinds intervals {
                an_interval_of_no_time_is_refused,
            }
            sleeps intervals {
                an_interval_ticks_at_whole_periods,
                missed_ticks_come_in_a_burst,
                missed_ticks_move_the_next_ones,
                missed_ticks_are_left_out,
                an_interval_can_be_reset,
            }
            sleeps wall_clock {
                system_time_moves_with_now,
                a_sleep_until_a_system_time_is_never_early,
                a_system_time_that_has_passed_ends_the_sleep_at_once,
                a_system_interval_ticks_at_whole_periods,
            }
            sleeps functions {
                wait_random_is_in_its_range,
                wait_random_reaches_both_ends,
                wait_random_sleeps_what_it_returns,
                measure_time_async_is_the_total_by_n,
                each_call_draws_another_seed,
            }
            driven functions {
                measure_time_is_the_total_by_n,
                measure_time_of_no_waits_is_an_error,
            }
            tasks functions {
                task_wait_random_is_a_task,
            }
            tasks streams {
                streams_are_ascending_and_complete,
            }
            sleeps streams {
                dropping_wait_n_cancels_its_sleeps,
            }
            tasks streams {
                dropping_task_wait_n_ends_every_task,
            }
            sleeps lists {
                wait_n_is_ascending_and_complete,
                wait_n_runs_at_once,
                a_hundred_thousand_waits_are_ascending,
            }
            tasks lists {
                task_wait_n_is_ascending_and_complete,
                one_seed_is_one_list_everywhere,
            }
            many lists {
                a_hundred_thousand_tasks_are_ascending,
            }
        }
    };
}
