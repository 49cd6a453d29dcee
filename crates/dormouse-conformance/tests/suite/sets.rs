//! Each fault of a task that a set or an abort handle would pass on is also caught by their cases.

use crate::bad_tasks::{BadTasks, Fault};
use crate::caught::{caught, files};

files!(Files: sets, set_shutdown, abort_handles, streams);

caught! {
    BadTasks::new, chosen, Files;
    right_ones_pass: None by [] "";
    ones_that_cancel_on_detach: CancelsOnDetach by [detaching_a_set_lets_its_tasks_finish]
        "detaching a set lets its tasks finish: ";
    lazy_ones: LazyUntilTouched by [
        a_set_keeps_results_until_they_are_taken, a_set_leaves_others_their_share,
        a_set_wakes_the_latest_waker
    ] "a set keeps results until they are taken";
    three_at_once: ThreeAtOnce by [a_set_gives_results_as_its_tasks_end]
        "a set gives results as its tasks end: no result came";
    ones_that_lose_panics: LosesPanics by [a_set_gives_panics_and_cancellations]
        "a set gives panics and cancellations: of a task that panicked it gave None";
    ones_that_resume_panics: ResumesPanics by [a_set_gives_panics_and_cancellations] "";
    ones_that_ignore_abort: IgnoresAbort by [
        dropping_a_set_aborts_its_tasks, shutting_a_set_down_drops_every_future,
        dropping_task_wait_n_ends_every_task
    ] "dropping a set aborts its tasks: ";
    ones_that_abort_in_silence: AbortWakesNobody by [an_abort_handle_ends_a_task_that_sleeps]
        "an abort handle ends a task that sleeps";
    ones_that_leak: LeaksOutputs by [an_abort_handle_can_be_asked_by_two_threads] "of 300 outputs ";
    ones_that_lose_the_value: LosesTheValueOnAbort by [an_abort_handle_keeps_the_value]
        "an abort handle keeps the value: it gave Err";
    ones_never_finished: NeverFinished by [an_abort_handle_keeps_the_value]
        "an abort handle keeps the value: the task has not ended";
    ones_always_finished: AlwaysFinished by [an_abort_handle_outlives_the_handle]
        "an abort handle outlives the handle";
    deaf_ones: DeafToANewWaker by [an_abort_handle_outlives_the_handle]
        "an abort handle outlives the handle: the output of one that was detached";
    ones_that_panic_with_their_runtime: PanicsWithItsRuntime by [
        a_set_whose_runtime_is_gone_is_cancelled
    ] "a set whose runtime is gone is cancelled: awaiting it panicked";
    ones_that_hang_with_their_runtime: HangsWithItsRuntime by [
        a_set_whose_runtime_is_gone_is_cancelled
    ] "a set whose runtime is gone is cancelled: ";
}
