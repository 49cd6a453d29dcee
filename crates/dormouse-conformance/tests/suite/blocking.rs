//! Each fault of the threads for closures is caught by the case that names it.

use crate::bad_blocking::{BadBlocking, Fault};
use crate::caught::{caught, files};

files!(BlockingFiles: blocking, blocking_failure);

caught! {
    BadBlocking::new, chosen_blocking, BlockingFiles;
    right_ones_pass: None by [] "";
    ones_that_run_in_the_task: RunsInTheTask by [a_closure_gives_its_value]
        "a closure gives its value: on the thread of `block_on`";
    ones_that_run_on_the_workers: RunsOnTheWorkers by [a_closure_harms_no_other_task]
        "a closure harms no other task";
    ones_that_wait_for_a_free_thread: WaitsForAFreeThread by [closures_that_block_stall_no_block_on]
        "closures that block stall no block_on: it was over before it was told";
    ones_that_run_as_a_task: RunsAsATask by [a_closure_may_block_on_a_future]
        "a closure may block on a future: it is refused there";
    ones_that_run_when_polled: RunsWhenPolled by [
        a_closure_runs_without_being_awaited, a_closure_may_wait_for_a_task
    ] "a closure runs without being awaited";
    ones_that_lose_panics: LosesPanics by [
        a_panic_of_a_closure_reaches_the_handle, a_set_takes_closures_that_block
    ] "a panic of a closure reaches the handle";
    ones_that_lose_the_value: AbortLosesTheValue by [a_closure_that_has_begun_gives_its_value]
        "a closure that has begun gives its value";
    ones_cancelled_when_polled_again: CancelledWhenPolledAgain by [
        the_handle_of_a_closure_polled_after_its_end_panics
    ] "the handle of a closure polled after its end panics";
    ones_that_leak: LeaksOutputs by [an_output_of_a_closure_that_panics_harms_nobody]
        "an output of a closure that panics harms nobody: of 5 outputs, 0 have been dropped";
    ones_that_run_when_gone: RunsWhenGone by [a_closure_for_a_runtime_that_is_gone_is_cancelled]
        "a closure for a runtime that is gone is cancelled";
    ones_that_die_of_panics: DiesOfTenPanics by [panics_of_closures_leave_their_threads_alive]
        "panics of closures leave their threads alive: number 10 that panics gave None";
}

mod under_way {
    use crate::bad_blocking::{BadBlocking, Fault};
    use crate::caught::{caught, files};

    files!(
        Files:
        blocking,
        blocking_failure,
        blocking_gone,
        blocking_handle,
        context,
        gone_spawns,
    );

    caught! {
        BadBlocking::new, chosen_blocking, Files;
        right_ones_pass: None by [] "";
        deaf_ones: DeafToANewWaker by [the_handle_of_a_closure_wakes_the_latest_waker]
            "the end woke them [1, 0, 0, 0] times";
        ones_that_end_too_soon: FinishedOnceBegun by [is_finished_tells_the_end_of_a_closure]
            "it was true of a closure that was running";
        ones_that_cancel_and_run: CancelsAndRuns by [a_closure_that_is_cancelled_does_not_run]
            " whose handles gave a cancellation, ";
        ones_that_are_joined: JoinedByTheDrop by [a_closure_under_way_outlives_its_runtime]
            "the drop of the owner returned only when the closure had ended";
        ones_that_keep_the_runtime: KeepsTheRuntime by [a_closure_under_way_keeps_no_runtime]
            "a closure under way keeps no runtime";
        ones_that_are_lost: LostOnceGone by [
            a_closure_under_way_outlives_its_runtime,
            closures_that_have_not_begun_end_with_their_runtime
        ] "later its handle has not resolved";
        ones_that_are_cancelled: CancelledOnceGone by [a_closure_under_way_outlives_its_runtime]
            "it gave Err(JoinError::Cancelled) for 42";
        ones_that_say_nothing: SaysNothing by [
            a_closure_outside_of_a_context_runs_or_says_what_to_do
        ] "said no more than \"no context\"";
        ones_that_panic_when_gone: PanicsWhenGone by [
            a_destructor_can_give_a_closure_away_when_the_runtime_goes
        ] "`spawn_blocking` panicked: it is gone";
        ones_that_lose_the_waker: LosesTheWakerWhenAsked by [
            is_finished_of_a_closure_keeps_the_waker
        ] "polled, then asked, its end woke nobody";
        ones_that_lose_the_value_at_the_end: AbortLosesTheValue by [
            abort_after_the_end_of_a_closure_keeps_the_value
        ] "it gave Some(Err(JoinError::Cancelled)) for 42";
        ones_that_take_no_turns: TakesNoTurns by [
            closures_for_a_runtime_that_is_gone_let_others_run
        ] "closures for a runtime that is gone let others run: 20000 tasks";
    }
}
