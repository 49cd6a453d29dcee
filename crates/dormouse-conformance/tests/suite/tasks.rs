//! Each fault of a task is caught by the case that names it.

use crate::bad_tasks::{BadTasks, Fault};
use crate::caught::{caught, files};

files!(
    pub(crate) Files:
    task,
    handle,
    handle_in_a_poll,
    finished,
    abort,
    abort_inside,
    abort_on_drop,
    failure,
    destructors,
    destructor_spawns,
    wakes,
    wakes_elsewhere,
    wakers,
    block_on,
    yielding,
);

files!(DestructorsFiles: destructors);

caught! {
    BadTasks::new, chosen, DestructorsFiles;
    ones_that_drop_while_a_panic_unwinds: DropsWhileItUnwinds by [
        the_first_panic_is_the_one_that_counts
    ] "the first panic is the one that counts: the future was dropped while the panic of its poll unwound";
}

caught! {
    BadTasks::new, chosen, Files;
    right_ones_pass: None by [] "";
    ones_that_cancel_on_drop: CancelsOnDrop by [dropping_a_handle_lets_the_task_finish]
        "dropping a handle lets the task finish";
    ones_that_cancel_on_detach: CancelsOnDetach by [
        detaching_a_handle_lets_the_task_finish, abort_on_drop_can_be_detached
    ] "detaching a handle lets the task finish";
    lazy_ones: LazyUntilTouched by [
        a_task_runs_without_being_awaited, a_task_that_waits_can_be_woken_by_another_thread,
        an_output_of_an_aborted_poll_is_dropped
    ] "a task runs without being awaited";
    three_at_once: ThreeAtOnce by [tasks_run_at_once] "tasks run at once";
    ones_that_die_of_panics: DiesOfTenPanics by [a_panic_leaves_the_executor_alive]
        "a panic leaves the executor alive";
    ones_that_lose_panics: LosesPanics by [
        a_panic_reaches_the_handle, a_panic_wakes_the_one_who_awaits
    ] "a panic reaches the handle: it gave";
    ones_that_lose_panics_when_aborted: LosesPanicsWhenAborted by [
        a_panic_in_the_poll_of_an_abort_reaches_the_handle
    ] "a panic in the poll of an abort reaches the handle";
    ones_that_lose_payloads: LosesPayloads by [
        a_panic_reaches_the_handle, a_panic_after_a_sleep_reaches_the_handle
    ] "a panic reaches the handle";
    ones_that_resume_panics: ResumesPanics by [a_panic_reaches_the_handle]
        "a panic reaches the handle: it panicked in the one who awaits it";
    deaf_ones: DeafToANewWaker by [
        a_handle_wakes_the_latest_waker, a_waker_whose_drop_panics_harms_no_other_task,
        an_aborted_handle_wakes_the_latest_waker
    ] "a handle wakes the latest waker";
    ones_that_forget_when_asked: LosesTheWakerWhenAsked by [is_finished_keeps_the_waker]
        "is_finished keeps the waker";
    ones_never_finished: NeverFinished by [is_finished_tells_the_end] "is_finished tells the end";
    ones_always_finished: AlwaysFinished by [is_finished_tells_the_end] "is_finished tells the end";
    ones_finished_on_abort: FinishedOnAbort by [abort_drops_the_future_before_the_handle_resolves]
        "abort drops the future before the handle resolves: `is_finished` is true, and the future";
    ones_that_ignore_abort: IgnoresAbort by [
        abort_while_sleeping_gives_cancelled, abort_ends_a_task_whose_handle_is_dropped,
        abort_on_drop_aborts
    ] "abort while sleeping gives cancelled";
    ones_that_resolve_too_soon: ResolvesBeforeTheDrop by [
        abort_drops_the_future_before_the_handle_resolves,
        abort_before_the_first_poll_gives_cancelled
    ] "abort drops the future before the handle resolves";
    ones_that_keep_the_waker: KeepsTheWaker by [a_dropped_handle_drops_its_waker]
        "later, it is still held";
    ones_that_lose_each_value: LosesTheValue by [a_handle_gives_the_value]
        "a handle gives the value: it gave the error";
    ones_that_lose_the_value: LosesTheValueOnAbort by [abort_after_the_end_keeps_the_value]
        "abort after the end keeps the value";
    ones_that_abort_in_silence: AbortWakesNobody by [abort_wakes_the_one_who_awaits]
        "abort wakes the one who awaits";
    ones_that_leak: LeaksOutputs by [an_output_is_dropped_exactly_once]
        "an output is dropped exactly once";
    ones_cancelled_when_polled_again: CancelledWhenPolledAgain by [
        a_handle_polled_after_its_end_panics
    ] "a handle polled after its end panics: polled once after a value it gave another result";
    ones_bound_to_their_thread: BoundToItsThread by [
        a_handle_can_be_awaited_on_another_thread, a_handle_can_be_awaited_in_another_task,
        a_plain_thread_can_spawn_and_sleep
    ] "a handle can be awaited on another thread: it panicked: polled on a foreign thread";
    ones_that_lose_destructors: LosesDestructors by [
        a_destructor_that_panics_on_abort_is_the_panic_of_the_task
    ] "a destructor that panics on abort is the panic of the task: it gave";
    ones_whose_last_panic_wins: LastPanicWins by [the_first_panic_is_the_one_that_counts]
        "the first panic is the one that counts: its payload was Some(2) for 1";
    ones_that_die_of_outputs: DiesOfOutputs by [an_output_that_panics_harms_nobody]
        "an output that panics harms nobody";
    ones_that_drop_outputs_in_the_handle: DropsOutputsInTheHandle by [
        a_finished_handle_is_dropped_without_a_panic
    ] "a finished handle is dropped without a panic: its drop panicked";
    ones_that_die_of_payloads: DiesOfPayloads by [a_payload_that_panics_harms_nobody]
        "a payload that panics harms nobody";
    ones_that_die_of_wakers: DiesOfWakers by [a_waker_that_panics_harms_no_other_task]
        "a waker that panics harms no other task";
    ones_that_yield_to_nobody: YieldsToNobody by [
        yield_now_lets_another_task_run, yield_now_lets_the_timers_run
    ] "yield_now lets another task run";
}
