//! The suite for runtimes whose tasks stay on one thread.

/// Makes a `#[test]` of every case for a runtime whose tasks stay on one thread, and which can
/// block on a future: those of its sleeps, and those of [`LocalSpawner`](dormouse_core::LocalSpawner).
///
/// The expression is an owner, whose `handle()` has both, or a type that is `Clone` and has both
/// itself. [`conformance!`](crate::conformance) has forms for a runtime with another driver, and
/// options; this macro has neither.
///
/// # Examples
///
/// ```
/// dormouse_conformance::local_conformance!(dormouse_smol::SmolLocal::new());
/// ```
#[macro_export]
macro_rules! local_conformance {
    ($runtime:expr $(,)?) => {
        $crate::__run! { run_local_conformance [itself [$runtime]] }
        $crate::__each_case! { __local_tests run_local_conformance }
        $crate::__each_local_case! { __local_tests run_local_conformance }
    };
}

/// The list of the cases on local tasks; those on sleeps are in [`__each_case`](crate::__each_case).
#[doc(hidden)]
#[macro_export]
macro_rules! __each_local_case {
    ($then:ident $($with:tt)*) => {
        $crate::$then! { $($with)*
            sleeps local {
                a_local_task_gives_a_value_that_is_not_send,
                local_tasks_run_at_once,
                dropping_a_local_handle_lets_the_task_finish,
                aborting_a_local_task_drops_its_future_first,
            }
            unwinds local {
                a_local_panic_reaches_the_handle,
                a_local_destructor_that_panics_is_the_panic_of_the_task,
                a_local_handle_polled_after_its_end_panics,
            }
            sleeps local_sets {
                a_local_set_gives_results_as_its_tasks_end,
                dropping_a_local_set_aborts_its_tasks,
                shutting_a_local_set_down_drops_every_future,
                a_local_abort_handle_ends_a_task_that_sleeps,
            }
            local_given local {
                a_local_task_whose_runtime_is_gone_is_cancelled,
                a_local_task_that_holds_a_handle_keeps_no_runtime,
                a_local_spawn_on_a_runtime_that_is_gone_is_cancelled,
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __local_tests {
    ($run:ident $($kind:ident $file:ident { $($case:ident,)* })*) => {
        $($($crate::__local_test! { $kind $run $case })*)*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __local_test {
    (sleeps $run:ident $case:ident) => {
        $crate::__test! { sleeps [itself] [] $run $case }
    };
    (unwinds $run:ident $case:ident) => {
        $crate::__test! { unwinds [itself] [] $run $case }
    };
    (driven $run:ident $case:ident) => {
        $crate::__test! { driven [itself] [] $run $case }
    };
    (local_given $run:ident $case:ident) => {
        $crate::__test! { local_given [itself] [] $run $case }
    };
    // The other cases need tasks that may move between threads.
    ($kind:ident $run:ident $case:ident) => {};
}
