//! Each fault in how tasks and the future of `block_on` are polled, woken and dropped is caught by
//! the case that names it.

use crate::bad_polls::{BadPolls, Fault};
use crate::caught::caught;
use crate::tasks::Files;

caught! {
    BadPolls::new, chosen, Files;
    right_ones_pass: None by [] "";
    ones_that_lose_an_abort_during_a_poll: AbortLostDuringAPoll by [
        an_abort_during_a_poll_ends_the_task
    ] "an abort during a poll ends the task: the handle has not resolved";
    ones_that_resolve_during_a_poll: ResolvesDuringAPoll by [
        abort_drops_the_future_before_the_handle_resolves
    ] "abort drops the future before the handle resolves: ";
    ones_that_lose_an_abort_in_a_task: AbortLostInTasks by [a_task_can_abort_a_task]
        "a task can abort a task: the handle has not resolved";
    ones_that_toggle: AbortToggles by [aborting_twice_is_aborting_once]
        "aborting twice is aborting once: the handle has not resolved";
    ones_that_lose_a_wake_during_a_poll: WakeLostDuringAPoll by [a_wake_during_a_poll_is_not_lost]
        "a wake during a poll is not lost";
    ones_that_die_of_late_wakes: DiesOfLateWakes by [a_waker_kept_past_the_end_harms_nobody]
        "a waker kept past the end harms nobody";
    ones_deaf_to_a_third_waker: DeafToAThirdWaker by [a_handle_wakes_the_latest_waker]
        "a handle wakes the latest waker: polled by four";
    ones_finished_before_the_drop: FinishedBeforeTheDrop by [a_task_that_is_finished_is_ready]
        "a task that is finished is ready";
    ones_that_die_of_forgotten_destructors: DiesOfForgottenDestructors by [
        a_destructor_that_panics_at_the_end_is_the_panic_of_the_task
    ] "a destructor that panics at the end is the panic of the task";
    ones_that_die_of_wakers_after_errors: DiesOfWakersAfterErrors by [
        a_waker_that_panics_harms_no_other_task
    ] "a waker that panics harms no other task";
    ones_whose_second_panic_wins_when_aborted: SecondPanicWhenAborted by [
        the_first_panic_is_the_one_that_counts
    ] "the first panic is the one that counts: its payload was Some(2) for 1";
    ones_cancelled_when_aborted_again: CancelledWhenAbortedAgain by [
        a_handle_polled_after_its_end_panics
    ] "polled after a value, then `abort`, it gave another result";
    ones_that_drop_in_their_lock: DropsInItsLock by [
        a_destructor_can_abort_and_spawn, a_destructor_can_abort_and_spawn_at_the_end
    ] "a destructor can abort and spawn";
    ones_that_poll_again_at_once: PollsAgainAtOnce by [
        a_task_that_wakes_itself_lets_another_task_run
    ] "a task that wakes itself lets another task run: of 64 tasks";
    ones_that_yield_every_second_time: YieldsEverySecondTime by [
        yield_now_is_pending_at_its_first_poll
    ] "yield_now is pending at its first poll: in `block_on`, 5 of 10 were";
    ones_whose_yield_in_block_on_hangs: NoEndOfAYieldInBlockOn by [
        yield_now_in_block_on_lets_others_run
    ] "or a yield has not ended";
    ones_that_lose_their_own_abort: OwnAbortLost by [a_task_can_abort_itself]
        "a task can abort itself: the handle has not resolved";
    ones_that_drop_late_after_a_panic: DropsLateAfterAPanic by [
        a_future_is_dropped_before_its_handle_resolves
    ] "a future is dropped before its handle resolves: it has ended (panicked: true";
    ones_that_are_pending_after_a_panic: PendingOnceAfterAPanic by [
        a_task_that_has_failed_and_is_finished_is_ready
    ] "a task that has failed and is finished is ready: finished (aborted: false), it gave Pending";
    ones_that_lose_one_in_a_thousand: WakeLostInAThousand by [many_wakes_are_not_lost]
        "many wakes are not lost: woken in each of its polls, it gave None";
    ones_deaf_to_earlier_wakers: WakesByTheLatestAlone by [
        a_waker_of_an_earlier_poll_wakes_the_task
    ] "a waker of an earlier poll wakes the task: woken by that of its first poll, it gave None";
    ones_that_wake_in_their_lock: WakesInItsLock by [the_waker_of_a_handle_may_use_it]
        "the waker of a handle may use it";
    ones_that_wake_in_the_lock_of_spawns: WakesInTheLockOfSpawns by [
        the_waker_of_a_handle_may_use_it
    ] "the waker of a handle may use it";
    ones_deaf_to_a_former_waker: DeafToAFormerWaker by [a_handle_wakes_the_latest_waker]
        "in the order [0, 1, 1, 0], the end woke them [0, ";
    ones_that_register_late: RegistersLate by [many_ends_are_not_lost]
        ", polled as it ended, has woken nobody";
    ones_that_abort_by_place: AbortsByPlace by [abort_after_the_end_harms_no_other_task]
        "abort after the end harms no other task: one spawned after it gave ";
    ones_that_lose_an_abort_once_woken: AbortLostOnceWoken by [abort_ends_a_task_that_never_rests]
        "after `abort` it still runs";
    ones_that_die_of_wakes_at_the_end: DiesOfWakesAtTheEnd by [a_destructor_can_wake_its_own_task]
        "a destructor can wake its own task";
    ones_that_lock_handles_during_a_poll: LocksHandlesDuringAPoll by [
        a_handle_can_be_dropped_during_a_poll
    ] "whether the task was over: None";
    ones_that_leak_if_dropped_during_a_poll: LeaksIfDroppedDuringAPoll by [
        a_handle_can_be_dropped_during_a_poll
    ] "number 0: its future and its output were dropped (1, 0) times";
    ones_that_cancel_if_dropped_during_a_poll: CancelsIfDroppedDuringAPoll by [
        a_handle_can_be_dropped_during_a_poll
    ] "number 2: whether it came to its end: false";
    ones_polled_in_their_spawn: PollsInTheSpawn by [a_spawn_polls_nothing]
        "a spawn polls nothing: in `block_on`, whether it did: Some(Ok(true))";
}

mod of_a_queue {
    use crate::bad_queues::{BadQueue, Fault};
    use crate::caught::{caught, files};

    files!(Files: wakes_elsewhere, yielding);

    caught! {
        BadQueue::new, chosen, Files;
        a_right_one_passes: None by [] "";
        one_that_polls_in_the_wake: PollsInTheWake by [a_wake_polls_nothing]
            "a wake polls nothing: whether it did, in `block_on`: Some(true)";
        one_that_takes_the_latest_first: TakesTheLatestFirst by [
            tasks_that_wake_each_other_let_another_task_run
        ] "tasks that wake each other let another task run: of 64 tasks";
    }
}

mod of_block_on {
    use std::panic::catch_unwind;
    use std::sync::Arc;
    use std::time::Duration;

    use dormouse_conformance::{cases, watch_for};

    use crate::bad_roots::{BadRoot, Fault};
    use crate::caught::{caught, files, words};

    files!(Files: wakes, wakers, block_on, context, yielding);

    caught! {
        BadRoot::new, chosen, Files;
        a_right_one_passes: None by [] "";
        one_that_loses_a_wake_during_a_poll: WakeLostDuringAPoll by [
            a_wake_during_a_poll_of_block_on_is_not_lost
        ] "the promise \"a wake during a poll of block on is not lost\" is broken";
        one_that_hangs_when_the_inner_one_waits: HangsWhenTheInnerOneWaits by [
            block_on_inside_of_block_on_ends
        ] "the promise \"block on inside of block on ends\" is broken";
        one_whose_inner_one_takes_the_wake: InnerOneTakesTheWake by [
            block_on_inside_of_block_on_ends
        ] "the promise \"block on inside of block on ends\" is broken";
        one_poisoned_by_a_panic: PoisonedByAPanic by [
            block_on_works_again_after_a_panic, a_panic_of_block_on_harms_no_task
        ] "block_on works again after a panic: the next one panicked";
        one_that_starves_tasks_while_it_yields: StarvesTasksWhileItYields by [
            yield_now_in_block_on_lets_others_run
        ] "yield_now in block_on lets others run: a task has not run";
        one_that_leaks_its_future: LeaksItsFuture by [block_on_drops_its_future]
            "block_on drops its future: when the call is over (panicked: false), it was dropped 0 times";
        one_that_dies_of_late_wakes: DiesOfLateWakes by [
            a_waker_of_block_on_kept_past_the_end_harms_nobody
        ] "a waker of block_on kept past the end harms nobody: it panicked";
    }

    #[test]
    fn one_that_hangs_in_tasks() {
        let case = |fault| {
            watch_for(
                Duration::from_secs(6),
                "block_on_inside_of_a_task_ends",
                move || {
                    let owner = BadRoot::new(fault);
                    let handle = owner.handle();
                    cases::block_on_elsewhere::block_on_inside_of_a_task_ends(
                        handle,
                        Some(Arc::new(owner)),
                    );
                },
            );
        };
        case(Fault::None);
        let hangs = catch_unwind(|| case(Fault::HangsInTasks));
        let message = words(&*hangs.unwrap_err());
        let right = "block_on inside of a task ends: the task gave None within 1s";
        assert!(message.starts_with(right), "{message}");
    }

    #[test]
    fn one_that_wakes_one_of_its_callers() {
        let case = |fault| {
            watch_for(Duration::from_secs(6), "", move || {
                let owner = BadRoot::new(fault);
                let handle = owner.handle();
                cases::block_on_elsewhere::several_threads_can_block_on_at_once(
                    handle,
                    Some(Arc::new(owner)),
                );
            });
        };
        case(Fault::None);
        assert!(catch_unwind(|| case(Fault::WakesOneOfItsCallers)).is_err());
    }
}
