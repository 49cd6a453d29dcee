//! The suite for runtimes that have threads for closures that block.

/// Makes a `#[test]` of every case on [`SpawnBlocking`](dormouse_core::SpawnBlocking), which a
/// runtime need not have.
///
/// It takes the same forms as [`conformance!`](crate::conformance), and may be used in addition to
/// it.
///
/// # Examples
///
/// ```
/// dormouse_conformance::blocking_conformance!(dormouse_smol::SmolExecutor::new(1));
/// ```
#[macro_export]
macro_rules! blocking_conformance {
    ($($of:tt)*) => {
        $crate::__of! { __each_blocking_case run_blocking_conformance $($of)* }
    };
}

/// [`blocking_conformance!`](crate::blocking_conformance) for a runtime whose tasks stay on one
/// thread: the cases that need no other tasks.
///
/// It takes the same form as [`local_conformance!`](crate::local_conformance), and may be used in
/// addition to it.
///
/// # Examples
///
/// ```
/// dormouse_conformance::local_blocking_conformance!(dormouse_smol::SmolLocal::new());
/// ```
#[macro_export]
macro_rules! local_blocking_conformance {
    ($runtime:expr $(,)?) => {
        $crate::__run! { run_local_blocking_conformance [itself [$runtime]] }
        $crate::__each_blocking_case! { __local_tests run_local_blocking_conformance }
    };
}

/// The list of these cases; [`__each_case`](crate::__each_case) has the others. Its `sleeps` cases
/// need no tasks but those of closures.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_blocking_case {
    ($then:ident $($with:tt)*) => {
        $crate::$then! { $($with)*
            sleeps blocking {
                a_closure_gives_its_value,
                a_closure_runs_without_being_awaited,
                a_closure_that_has_begun_gives_its_value,
                a_closure_may_block_on_a_future,
                closures_that_block_stall_no_block_on,
            }
            tasks blocking {
                a_closure_harms_no_other_task,
                a_closure_may_wait_for_a_task,
                a_set_takes_closures_that_block,
            }
            sleeps blocking_handle {
                the_handle_of_a_closure_wakes_the_latest_waker,
                is_finished_tells_the_end_of_a_closure,
                a_closure_that_is_cancelled_does_not_run,
                is_finished_of_a_closure_keeps_the_waker,
                abort_after_the_end_of_a_closure_keeps_the_value,
            }
            local_given blocking_gone {
                a_closure_under_way_outlives_its_runtime,
                closures_that_have_not_begun_end_with_their_runtime,
            }
            local_given gone_spawns {
                closures_for_a_runtime_that_is_gone_let_others_run,
            }
            given blocking_gone {
                a_closure_under_way_keeps_no_runtime,
                a_destructor_can_give_a_closure_away_when_the_runtime_goes,
            }
            sleeps blocking_failure {
                a_panic_of_a_closure_reaches_the_handle,
                the_handle_of_a_closure_polled_after_its_end_panics,
                panics_of_closures_leave_their_threads_alive,
            }
            lent context {
                a_closure_outside_of_a_context_runs_or_says_what_to_do,
            }
            tasks blocking_failure {
                an_output_of_a_closure_that_panics_harms_nobody,
            }
            given blocking_failure {
                a_closure_for_a_runtime_that_is_gone_is_cancelled,
            }
        }
    };
}
