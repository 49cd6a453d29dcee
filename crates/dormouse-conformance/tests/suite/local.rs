//! Each fault of local tasks is caught by the case that names it.

use dormouse_conformance::cases;

use crate::bad_local::{Fault, LocalOwner};
use crate::caught::caught;

caught! {
    LocalOwner::new, cases::all_local, &["local"];
    right_ones_pass: None by [] "";
    ones_that_are_lazy: LazyUntilAwaited by [
        a_local_task_gives_a_value_that_is_not_send, aborting_a_local_task_drops_its_future_first, dropping_a_local_handle_lets_the_task_finish
    ] "a local task gives a value that is not Send";
    ones_at_a_time: OneAtATime by [local_tasks_run_at_once] "local tasks run at once";
    ones_that_cancel_on_drop: CancelsOnDrop by [dropping_a_local_handle_lets_the_task_finish]
        "dropping a local handle lets the task finish";
    ones_that_lose_panics: LosesPanics by [
        a_local_panic_reaches_the_handle, a_local_destructor_that_panics_is_the_panic_of_the_task
    ] "a local panic reaches the handle";
    ones_that_resolve_too_soon: ResolvesBeforeTheDrop by [
        aborting_a_local_task_drops_its_future_first, a_local_destructor_that_panics_is_the_panic_of_the_task, a_local_handle_polled_after_its_end_panics
    ] "aborting a local task drops its future first";
    ones_that_lose_destructors: LosesDestructors by [
        a_local_destructor_that_panics_is_the_panic_of_the_task
    ] "a local destructor that panics is the panic of the task";
    ones_cancelled_when_polled_again: CancelledWhenPolledAgain by [
        a_local_handle_polled_after_its_end_panics
    ] "a local handle polled after its end panics";
    ones_that_hang_when_gone: HangsWhenGone by [
        a_local_task_whose_runtime_is_gone_is_cancelled, a_local_task_that_holds_a_handle_keeps_no_runtime, a_local_spawn_on_a_runtime_that_is_gone_is_cancelled
    ] "a local task whose runtime is gone is cancelled";
    ones_that_keep_their_runtime: KeepsItsRuntime by [
        a_local_task_that_holds_a_handle_keeps_no_runtime, a_local_task_whose_runtime_is_gone_is_cancelled
    ] "a local task that holds a handle keeps no runtime";
    ones_that_panic_when_gone: PanicsWhenGone by [a_local_spawn_on_a_runtime_that_is_gone_is_cancelled]
        "it is gone";
}
