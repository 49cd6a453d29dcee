//! Each fault of a runtime is caught by the case that names it.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};

use dormouse_conformance::cases;
use dormouse_core::BlockOn;
use dormouse_tokio::{TokioHandle, TokioRuntime};

use crate::bad_runtimes::{BadRuntime, Fault};
use crate::caught::{caught, files, words};

files!(pub(crate) Files: gone, gone_tasks, owner_drop, context, block_on);

caught! {
    BadRuntime::new, chosen, Files;
    a_right_one_passes: None by [] "";
    one_whose_handles_are_owners: HandlesAreOwners by [a_task_that_holds_a_handle_keeps_no_runtime]
        "a task that holds a handle keeps no runtime";
    one_that_panics_on_a_spawn_when_gone: PanicsOnASpawnWhenGone by [
        a_spawn_on_a_runtime_that_is_gone_is_cancelled
    ] "a spawn on a runtime that is gone is cancelled: `spawn` panicked";
    one_that_runs_a_spawn_when_gone: RunsASpawnWhenGone by [
        a_spawn_on_a_runtime_that_is_gone_is_cancelled
    ] "a spawn on a runtime that is gone is cancelled";
    one_whose_drop_panics: PanicsWithItsTasks by [
        a_destructor_that_panics_when_the_runtime_goes_harms_nobody,
        a_runtime_without_threads_drops_its_tasks_at_once,
        an_output_is_dropped_when_the_runtime_is_gone, block_on_can_be_woken_by_another_thread
    ] "a destructor that panics when the runtime goes harms nobody: the drop of the owner panicked";
    one_that_stays_while_unwinding: StaysWhileUnwinding by [a_runtime_can_go_while_a_panic_unwinds]
        "a runtime can go while a panic unwinds";
    one_that_says_nothing: SaysNothing by [
        outside_of_a_context_it_works_or_says_what_to_do,
        a_reset_outside_of_a_context_works_or_says_what_to_do, can_spawn_says_whether_a_spawn_works
    ] "said no more than \"no context\"";
    one_that_names_its_own_line: NamesItsOwnLine by [
        outside_of_a_context_it_works_or_says_what_to_do
    ] "not the line that called it";
    one_that_hangs_when_nested: HangsWhenNested by [block_on_inside_of_block_on_ends]
        "the promise \"block on inside of block on ends\" is broken, or the runtime has stopped";
}

mod of_tasks {
    use crate::bad_tasks::{BadTasks, Fault};
    use crate::caught::{caught, files};

    caught! {
        BadTasks::new, chosen, super::Files;
        one_that_panics_with_its_runtime: PanicsWithItsRuntime by [
            a_task_whose_runtime_is_gone_is_cancelled
        ] "a task whose runtime is gone is cancelled: awaiting it panicked";
        one_that_hangs_with_its_runtime: HangsWithItsRuntime by [
            a_task_whose_runtime_is_gone_is_cancelled
        ] "later its handle has not resolved";
    }

    files!(GoneSpawnsFiles: gone_spawns);

    caught! {
        BadTasks::new, chosen, GoneSpawnsFiles;
        one_that_takes_no_turns: TakesNoTurns by [spawns_on_a_runtime_that_is_gone_let_others_run]
            "spawns on a runtime that is gone let others run: 20000 tasks";
    }
}

mod of_sleepers {
    use crate::bad_sleepers::{BadSleeper, Fault};
    use crate::caught::{caught, files};

    files!(GoneFiles: gone, gone_tasks, gone_sleeps, owner_drop, context, block_on);

    caught! {
        BadSleeper::new, chosen, GoneFiles;
        one_whose_sleeps_go_with_it: GoesWithItsRuntime by [a_sleep_outlives_its_runtime]
            "a sleep outlives its runtime";
        one_whose_new_sleeps_are_over: OverOnceItsRuntimeIsGone by [
            a_sleep_of_a_runtime_that_is_gone_ends, a_sleep_can_be_reset_when_its_runtime_is_gone
        ] "a sleep of a runtime that is gone ends";
    }
}

/// tokio's own runtime blocks when it is dropped, and panics where it must not block.
struct WaitsForItsThreads(tokio::runtime::Runtime);

impl BlockOn for WaitsForItsThreads {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.0.block_on(future)
    }
}

#[test]
fn one_that_waits_when_it_is_dropped() {
    let owner = || WaitsForItsThreads(tokio::runtime::Runtime::new().unwrap());
    let handle_of = |owner: &WaitsForItsThreads| TokioHandle::from(owner.0.handle().clone());

    let owner_inside = owner();
    let (handle, other) = (handle_of(&owner_inside), TokioRuntime::current_thread());
    says(
        "a runtime can go inside of another: its drop panicked: Cannot drop a runtime",
        || {
            cases::owner_drop::a_runtime_can_go_inside_of_another(
                handle,
                owner_inside,
                other.handle(),
                other,
            );
        },
    );

    let owner = owner();
    let handle = handle_of(&owner);
    says(
        "the drop of an owner waits for no poll: it returned only when",
        || {
            cases::owner_drop::the_drop_of_an_owner_waits_for_no_poll(handle, owner);
        },
    );
}

/// Checks that the case fails with a message that begins like this.
fn says(right: &str, case: impl FnOnce()) {
    let message = words(&*catch_unwind(AssertUnwindSafe(case)).unwrap_err());
    assert!(message.starts_with(right), "{message}");
}
