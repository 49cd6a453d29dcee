//! Each fault of a sleeper is caught by the case that names it.

use crate::bad_sleepers::{BadSleeper, Fault};
use crate::caught::{caught, files};

files!(
    pub(crate) Files:
    sleeper,
    now,
    reset,
    foreign_wakers,
    wakers_that_sleep,
    deadline,
    ready,
    kept,
    waking,
    dropped_sleeps,
    context,
    block_on,
    timeouts,
    intervals,
);

caught! {
    BadSleeper::new, chosen, Files;
    a_right_one_passes: None by [] "";
    an_early_one: Early by [
        sleep_is_never_early, many_sleeps_are_never_early, a_sleep_polled_in_a_loop_is_never_early
    ] "a sleep never ends before its deadline";
    a_serial_one: Serial by [sleeps_run_at_once] "sleeps run at once";
    a_lazy_one: Lazy by [sleep_counts_from_the_call] "a sleep counts from the call";
    a_deaf_one: DeafToANewWaker by [sleep_wakes_the_latest_waker, a_sleep_can_move_to_another_task]
        "a sleep wakes the latest waker";
    one_deaf_to_a_third_waker: DeafToAThirdWaker by [sleep_wakes_the_latest_waker]
        "a sleep wakes the latest waker: polled by four";
    one_that_panics_on_max: PanicsOnMax by [a_far_deadline_neither_panics_nor_fires]
        "a far deadline neither panics nor fires: `sleep(18446744073709551615.999999999s)` panicked: overflow";
    one_that_counts_in_32_bits: WrapsAround by [a_far_deadline_neither_panics_nor_fires]
        "a far deadline neither panics nor fires";
    one_that_counts_in_36_bits: WrapsAroundAt36 by [a_far_deadline_neither_panics_nor_fires]
        "a far deadline neither panics nor fires";
    one_that_fires_on_far_deadlines: FiresOnFar by [
        a_far_deadline_neither_panics_nor_fires, a_timeout_gives_the_output_or_elapsed,
        elapsed_is_an_io_error
    ] "a far deadline neither panics nor fires";
    one_that_wakes_after_its_drop: WakesAfterDrop by [
        dropping_a_sleep_cancels_it, dropping_a_sleep_that_was_reset_cancels_it
    ] "dropping a sleep cancels it";
    a_clock_of_its_own: ClockOfItsOwn by [
        now_and_sleep_until_share_a_clock, missed_ticks_come_in_a_burst,
        outside_of_block_on_a_sleep_works_or_says_what_to_do
    ] "now and sleep_until share a clock";
    a_clock_that_goes_back: ClockGoesBack by [now_never_goes_back] "now never goes back";
    one_that_misses_the_past: NoEndInThePast by [
        a_past_deadline_ends_at_once, a_due_sleep_is_ready_at_its_first_poll
    ] "a past deadline ends at once";
    one_that_misses_zero: NoEndOfZero by [a_zero_sleep_ends] "a zero sleep ends";
    one_for_five_thousand_sleeps: FullAtFiveThousand by [ten_thousand_sleeps_end]
        "ten thousand sleeps end";
    one_that_ignores_reset: IgnoresReset by [
        a_sleep_can_be_reset, a_sleep_reset_as_it_fires_is_never_early,
        an_interval_ticks_at_whole_periods, missed_ticks_are_left_out,
        missed_ticks_move_the_next_ones
    ] "a sleep can be reset";
    one_that_leaves_the_timer_armed: LeavesTheTimerArmed by [
        a_sleep_can_be_reset, an_interval_can_be_reset
    ] "a sleep can be reset: from 18446744073709551615.999999999s to 5ms";
    one_that_is_pending_once: PendingOnce by [
        a_sleep_is_ready_after_its_deadline, a_sleep_is_ready_after_many_handles
    ] "a sleep is ready after its deadline";
    ones_that_wait_for_each_other: OneAfterTheOther by [
        a_kept_sleep_delays_no_other, a_buffer_of_sleeps_goes_on, a_forgotten_sleep_delays_no_other,
        a_kept_sleep_delays_no_other_task
    ] "a kept sleep delays no other";
    one_that_dies_of_wakers: DiesOfWakers by [a_waker_that_panics_harms_no_other_sleep]
        "a waker that panics harms no other sleep";
    one_bound_to_its_thread: ThreadBound by [
        a_sleep_can_be_polled_on_another_thread, a_sleep_can_end_on_another_thread
    ] "a sleep can be polled on another thread: it panicked: polled on a foreign thread";
    one_that_is_early_in_proportion: EarlyInProportion by [sleep_is_never_early]
        "a sleep never ends before its deadline: one of 1";
    one_that_is_lazy_outside: LazyOutside by [a_sleep_made_outside_counts_from_the_call]
        "a sleep made outside counts from the call";
    one_with_a_budget_of_five_hundred: SpentAfterFiveHundred by [
        a_sleep_is_ready_whatever_its_task_has_done, a_sleep_in_a_task_is_ready_whatever_it_has_done
    ] "others in the same poll, one that was due was pending";
    a_clock_for_tasks: BehindInTasks by [now_never_goes_back_in_a_task]
        "now never goes back in a task";
    a_clock_for_each_handle: BehindInClones by [handles_read_one_clock]
        "handles read one clock: reading 0 of a clone is ";
    a_clock_for_each_thread: BehindElsewhere by [
        now_never_goes_back_between_threads, a_sleep_is_never_early_on_another_thread
    ] "before one that another thread had taken before it";
}

mod by_the_cases_on_functions {
    use crate::bad_sleepers::{BadSleeper, Fault};
    use crate::caught::{caught, files};

    files!(FunctionFiles: functions, lists, streams);

    caught! {
        BadSleeper::new, chosen, FunctionFiles;
        a_right_one_passes: None by [] "";
        one_with_one_seed: OneSeed by [each_call_draws_another_seed] "each call draws another seed";
        an_early_one: Early by [
            wait_random_sleeps_what_it_returns, measure_time_is_the_total_by_n,
            measure_time_async_is_the_total_by_n, streams_are_ascending_and_complete,
            task_wait_n_is_ascending_and_complete, wait_n_is_ascending_and_complete
        ] "wait_random sleeps what it returns";
        a_serial_one: Serial by [
            wait_n_runs_at_once, a_hundred_thousand_waits_are_ascending,
            one_seed_is_one_list_everywhere
        ] "the promise \"wait n runs at once\" is broken";
        one_that_misses_zero: NoEndOfZero by [
            wait_random_is_in_its_range, wait_random_reaches_both_ends
        ] "the promise \"wait random is in its range\" is broken";
        one_bound_to_its_thread: ThreadBound by [
            task_wait_random_is_a_task, a_hundred_thousand_tasks_are_ascending
        ] "task_wait_random is a task";
        a_clock_of_its_own: ClockOfItsOwn by [dropping_wait_n_cancels_its_sleeps]
            "the promise \"dropping wait n cancels its sleeps\" is broken";
    }
}

mod of_its_own_timer {
    use crate::bad_timers::{BadTimer, Fault};
    use crate::caught::caught;

    caught! {
        BadTimer::new, chosen, super::Files;
        a_right_one_passes: None by [] "";
        one_that_removes_few: RemovesSixtyFour by [
            dropping_a_sleep_cancels_it, a_dropped_sleep_drops_its_waker
        ] "dropping a sleep cancels it: 200 were dropped, and ";
        one_that_cancels_where_it_was_polled: CancelsWhereItWasPolled by [
            dropping_a_sleep_on_another_thread_cancels_it
        ] "dropping a sleep on another thread cancels it";
        one_that_ticks: Ticks by [a_sleep_is_ready_after_its_deadline]
            "a sleep is ready after its deadline: polled before";
        one_that_loses_a_batch: LosesABatch by [a_waker_that_panics_harms_no_other_sleep]
            "a waker that panics harms no other sleep";
        one_that_dies_of_destructors: DiesOfDestructors by [
            a_waker_whose_drop_panics_harms_no_other_sleep
        ] "a waker whose drop panics harms no other sleep";
        one_that_wakes_while_locked: WakesWhileLocked by [a_waker_may_use_its_runtime]
            "the promise \"a waker may use its runtime\" is broken";
        one_that_drops_while_locked: DropsWhileLocked by [
            a_waker_may_own_sleeps, the_drop_of_a_waker_may_use_its_runtime
        ] "the promise \"a waker may own sleeps\" is broken";
        one_with_room_for_few: HasRoomForSixtyFour by [a_kept_sleep_delays_no_other]
            "the promise \"a kept sleep delays no other\" is broken";
        one_that_is_deaf_once_reset: DeafOnceReset by [a_sleep_can_be_reset]
            "a sleep can be reset: from 18446744073709551615.999999999s to 5ms, polled before with another waker";
        one_that_stays_fired: StaysFired by [
            a_sleep_can_be_reset, a_timeout_fires_over_a_future_that_is_always_busy
        ] "a sleep can be reset: from 5ms, which were over, to 20ms, it ended";
        one_that_wraps_when_reset: WrapsWhenReset by [a_sleep_can_be_reset_to_a_far_deadline]
            "a sleep can be reset to a far deadline: reset to now()";
        one_that_ignores_a_second_reset: IgnoresASecondReset by [a_sleep_can_be_reset_again]
            "a sleep can be reset: the third time, after ";
        one_that_is_pending_once_when_reset: PendingOnceResetToThePast by [
            a_sleep_reset_to_the_past_is_ready
        ] "a sleep reset to the past is ready: 0ns after its new deadline, it was pending";
        one_with_one_sleep_for_each_deadline: OneForEachDeadline by [
            each_of_many_sleeps_wakes_its_waker
        ] "each of many sleeps wakes its waker: number ";
        one_that_loses_one_in_65536: LosesOneIn65536 by [each_of_many_sleeps_wakes_its_waker]
            "each of many sleeps wakes its waker: number ";
        one_that_cancels_by_place: CancelsByPlace by [dropping_a_sleep_cancels_no_other]
            "dropping a sleep cancels no other: 20 that had ended were dropped";
        one_deaf_to_a_former_waker: DeafToAFormerWaker by [sleep_wakes_the_latest_waker]
            "in the order [0, 1, 1, 0], 1s after its deadline it has woken them [0, ";
        one_that_is_not_told_of_earlier_ones: NotToldOfEarlierOnes by [sleeps_run_at_once]
            "the promise \"sleeps run at once\" is broken";
        one_whose_resets_are_lazy: CountsAResetFromItsPoll by [a_reset_counts_from_the_call]
            "a reset counts from the call: polled when its deadline had passed, it was pending";
    }
}
