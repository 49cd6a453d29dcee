//! Each fault of a runtime that ends is caught by the case that names it.

use std::panic::catch_unwind;
use std::time::Duration;

use dormouse_conformance::cases::owner_drop::an_owner_can_go_in_a_task_of_its_own;
use dormouse_conformance::cases::two_runtimes::{
    a_task_woken_in_another_runtime_stays_in_its_own, the_end_of_a_runtime_harms_no_other,
};
use dormouse_conformance::watch_for;

use crate::bad_ends::{BadEnd, Fault};
use crate::caught::{caught, files, words};

files!(
    GoneFiles:
    gone,
    gone_tasks,
    gone_awaited,
    gone_destructors,
    gone_sleeps,
    gone_spawns,
    owner_drop,
    task,
    wakes_elsewhere,
);

caught! {
    BadEnd::new, chosen, GoneFiles;
    a_right_one_passes: None by [] "";
    a_right_one_on_one_thread_passes: NoneOnOneThread by [] "";
    one_that_wakes_nobody: WakesNobody by [the_end_of_a_runtime_wakes_those_who_await]
        "of 2 who await a task it has woken 0";
    one_that_panics_of_wakers: PanicsOfWakers by [
        a_waker_that_panics_when_the_runtime_goes_harms_nobody
    ] "the drop of the owner panicked: a waker panicked";
    one_that_loses_values: LosesValues by [a_result_outlives_its_runtime]
        "ended before and read after, it gave Err(JoinError::Cancelled) for 42";
    one_that_panics_on_an_abort: PanicsOnAnAbort by [
        a_result_outlives_its_runtime, destructors_can_wake_and_abort_when_the_runtime_goes
    ] "`abort` panicked: there is no runtime to abort it";
    one_that_loses_what_is_polled: LosesWhatIsPolled by [the_drop_of_an_owner_waits_for_no_poll]
        "and ends its task after it";
    one_that_polls_on: PollsOn by [a_busy_task_ends_soon_after_its_owner]
        "a busy task ends soon after its owner: it was polled 2";
    one_that_hangs_on_spawns: HangsOnSpawns by [a_destructor_can_spawn_when_the_runtime_goes]
        "the promise \"a destructor can spawn when the runtime goes\" is broken";
    one_that_loses_spawns: LosesSpawns by [a_destructor_can_spawn_when_the_runtime_goes]
        "a destructor can spawn when the runtime goes";
    one_that_forgets_sleeps: ForgetsSleeps by [an_awaited_sleep_outlives_its_runtime]
        "an awaited sleep outlives its runtime";
    one_that_refuses_sleeps: RefusesSleeps by [
        a_sleep_of_a_runtime_that_is_gone_ends, a_destructor_can_sleep_when_the_runtime_goes
    ] "`sleep` panicked: there is no runtime to sleep on";
    one_that_is_cancelled_when_polled_again: CancelledWhenPolledAgain by [
        each_of_many_tasks_is_cancelled_when_the_runtime_goes
    ] "each of many tasks is cancelled when the runtime goes: polled after its cancellation";
    one_whose_sleeps_rest_with_it: RestsWithItsSleeps by [a_sleep_ends_while_its_runtime_rests]
        "a sleep ends while its runtime rests";
    one_that_turns_its_clock_back: TurnsItsClockBack by [now_never_goes_back_when_the_runtime_goes]
        "now never goes back when the runtime goes";
    one_deaf_to_threads_that_panic: DeafToThreadsThatPanic by [a_thread_that_panics_can_wake_a_task]
        "woken by one, it gave None";
    one_that_blocks_wakes_at_rest: BlocksWakesAtRest by [wake_ups_return_while_the_runtime_rests]
        "another thread still wakes 200 tasks";
    one_that_calls_tasks_finished_once_it_goes: FinishedOnceItGoes by [
        is_finished_waits_for_the_drop_when_the_runtime_goes
    ] "it was true, the future had been dropped: false";
    one_that_loses_spawns_of_others: LosesSpawns by [spawns_while_the_runtime_goes_end]
        "spawns while the runtime goes end";
    one_that_ends_tasks_with_its_block_on: EndsTasksWithItsBlockOn by [a_task_outlives_its_block_on]
        "awaited in the next one, it gave None for 42";
}

#[test]
fn one_that_hangs_in_a_task_of_its_own() {
    let go = |fault| {
        let owner = BadEnd::new(fault);
        an_owner_can_go_in_a_task_of_its_own(owner.handle(), owner);
    };
    go(Fault::None);
    let hangs = || {
        watch_for(Duration::from_secs(6), "", move || {
            go(Fault::HangsInItsOwnTask);
        });
    };
    let message = words(&*catch_unwind(hangs).unwrap_err());
    let right = "an owner can go in a task of its own: that drop has not returned within 1s";
    assert_eq!(message, right);
}

#[test]
fn ones_that_harm_another() {
    let two = |fault| {
        let (owner, other) = (BadEnd::new(fault), BadEnd::new(fault));
        (owner.handle(), owner, other.handle(), other)
    };
    let end = move |fault| {
        watch_for(Duration::from_secs(6), "", move || {
            let (runtime, driver, other, other_driver) = two(fault);
            the_end_of_a_runtime_harms_no_other(runtime, driver, other, other_driver);
        });
    };
    let wake = move |fault| {
        watch_for(Duration::from_secs(6), "", move || {
            let (runtime, driver, other, other_driver) = two(fault);
            a_task_woken_in_another_runtime_stays_in_its_own(runtime, driver, other, other_driver);
        });
    };
    end(Fault::None);
    wake(Fault::None);
    assert!(catch_unwind(|| end(Fault::EndsTheSleepsOfAll)).is_err());
    let message = words(&*catch_unwind(|| wake(Fault::SpawnsOnTheCurrentOne)).unwrap_err());
    let right = "a task woken in another runtime stays in its own: awaited when that one had gone";
    assert!(message.starts_with(right), "{message}");
}
