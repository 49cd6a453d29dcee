//! Each fault of local tasks is caught by the case that names it.

use crate::bad_local::{Fault, LocalOwner};
use crate::caught::{caught, files};

files!(LocalFiles: local, local_gone, local_sets);

caught! {
    LocalOwner::new, chosen_local, LocalFiles;
    right_ones_pass: None by [] "";
    ones_that_are_lazy: LazyUntilAwaited by [
        a_local_task_gives_a_value_that_is_not_send, dropping_a_local_set_aborts_its_tasks
    ] "a local task gives a value that is not Send";
    ones_that_lose_spawns_outside: LosesSpawnsOutside by [
        a_local_task_spawned_outside_of_block_on_runs_in_it
    ] "a local task spawned outside of block_on runs in it";
    ones_at_a_time: OneAtATime by [
        local_tasks_run_at_once, a_local_set_gives_results_as_its_tasks_end
    ] "local tasks run at once";
    ones_that_cancel_on_drop: CancelsOnDrop by [dropping_a_local_handle_lets_the_task_finish]
        "dropping a local handle lets the task finish";
    ones_that_lose_panics: LosesPanics by [a_local_panic_reaches_the_handle]
        "a local panic reaches the handle";
    ones_that_resolve_too_soon: ResolvesBeforeTheDrop by [
        aborting_a_local_task_drops_its_future_first, a_local_abort_handle_ends_a_task_that_sleeps,
        shutting_a_local_set_down_drops_every_future
    ] "aborting a local task drops its future first";
    ones_that_lose_destructors: LosesDestructors by [
        a_local_destructor_that_panics_is_the_panic_of_the_task
    ] "a local destructor that panics is the panic of the task";
    ones_cancelled_when_polled_again: CancelledWhenPolledAgain by [
        a_local_handle_polled_after_its_end_panics
    ] "a local handle polled after its end panics";
    ones_that_hang_in_their_tasks: HangsInItsTasks by [block_on_inside_of_a_local_task_ends]
        "the promise \"block on inside of a local task ends\" is broken";
    ones_that_panic_when_gone: PanicsWhenGone by [
        a_local_spawn_on_a_runtime_that_is_gone_is_cancelled
    ] "it is gone";
}

files!(GoneSpawnsFiles: gone_spawns);

caught! {
    LocalOwner::new, chosen_local, GoneSpawnsFiles;
    ones_that_take_no_turns: TakesNoTurns by [local_spawns_on_a_runtime_that_is_gone_let_others_run]
        "local spawns on a runtime that is gone let others run: 20000 tasks";
}

mod by_the_cases_on_tasks {
    use crate::bad_local::{Fault, LocalOwner};
    use crate::caught::{caught, files};

    files!(
        Files:
        task,
        handle,
        finished,
        abort,
        abort_inside,
        destructor_spawns,
        wakes,
        wakes_elsewhere,
        wakers,
        failure,
        destructors,
        gone,
        gone_awaited,
        gone_destructors,
        gone_sleeps,
        local_waking,
    );

    caught! {
        LocalOwner::new, chosen_local, Files;
        right_ones_pass: None by [] "";
        deaf_ones: DeafToANewWaker by [a_handle_wakes_the_latest_waker]
            "a handle wakes the latest waker";
        ones_that_lose_the_waker: LosesTheWakerWhenAsked by [is_finished_keeps_the_waker]
            "is_finished keeps the waker";
        ones_that_cancel_once_polled: CancelsOnDropOncePolled by [
            dropping_a_handle_lets_the_task_finish
        ] "one whose handle was dropped (polled) has not";
        ones_that_leak_once_asked: LeaksOnceAsked by [an_output_is_dropped_exactly_once]
            "an output is dropped exactly once";
        ones_that_are_pending_after_a_panic: PendingAfterAPanic by [
            a_handle_polled_after_its_end_panics
        ] "polled once after a panic it was pending";
        ones_that_hang_when_gone: HangsWhenGone by [a_task_whose_runtime_is_gone_is_cancelled]
            "a task whose runtime is gone is cancelled";
        ones_that_keep_their_runtime: KeepsItsRuntime by [
            a_task_that_holds_a_handle_keeps_no_runtime
        ] "a task that holds a handle keeps no runtime";
        ones_whose_sleeps_panic: SleepsPanicWhenGone by [a_sleep_of_a_runtime_that_is_gone_ends]
            "a sleep of a runtime that is gone ends: it panicked: its timers are gone";
        ones_that_refuse_spawns: RefusesSpawnsInATask by [a_task_can_spawn_a_task]
            "a task can spawn a task";
        ones_that_refuse_spawns_in_their_drop: RefusesSpawnsInItsDrop by [
            a_destructor_can_spawn_when_the_runtime_goes
        ] "a destructor can spawn when the runtime goes: `spawn` panicked: already borrowed";
        ones_that_refuse_aborts_in_their_drop: RefusesAbortsInItsDrop by [
            destructors_can_wake_and_abort_when_the_runtime_goes
        ] "of 8 destructors that do, 0 have not panicked";
    }
}

mod by_the_case_on_foreign_wakes {
    use crate::bad_local::{Fault, LocalOwner};
    use crate::caught::{caught, files};

    // Of all cases with a sleep, some lose its wake-up, if another thread drives the timer then.
    files!(LocalWakingFiles: local_waking);

    caught! {
        LocalOwner::new, chosen_local, LocalWakingFiles;
        ones_that_lose_them: LosesForeignWakes by [a_local_task_can_be_woken_by_another_thread]
            "a local task can be woken by another thread";
        ones_that_are_lazy: LazyUntilAwaited by [a_local_task_stays_on_its_thread]
            "a local task stays on its thread: of ";
    }
}

mod by_the_cases_on_yields {
    use crate::bad_local::{Fault, LocalOwner};
    use crate::caught::{caught, files};

    // Other faults, such as tasks that do not run at once, keep others from running, too.
    files!(LocalYieldingFiles: local_yielding, yielding);

    caught! {
        LocalOwner::new, chosen_local, LocalYieldingFiles;
        right_ones_pass: None by [] "";
        ones_that_yield_to_nobody: YieldsToNobody by [
            yield_local_lets_another_task_run, yield_local_lets_the_timers_run,
            yield_local_is_pending_at_its_first_poll
        ] "yield_local lets another task run: of 3 tasks that yield in a loop";
        ones_that_starve_block_on: StarvesBlockOn by [a_chain_of_tasks_lets_block_on_run]
            "a chain of tasks lets block_on run: of the chain, ";
    }
}
