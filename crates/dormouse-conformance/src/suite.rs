//! The list of the cases, and what is made of it.

use std::fmt;

use dormouse_core::{BlockOn, Runtime};

/// Makes a `#[test]` of every case, named as the case, for one type of runtime.
///
/// `conformance!(expression)` is for a runtime that can block on a future by itself. Where it
/// cannot, say who drives it: `conformance!(expression, driver = expression)`. Both expressions
/// are evaluated anew in every test, on the thread of that test.
///
/// Several runtimes in one file take a `mod` each. Where a task is as dear as a thread, add
/// `few_tasks`: it leaves out the case of a hundred thousand tasks at a time.
///
/// # Examples
///
/// ```
/// mod smol {
///     dormouse_conformance::conformance!(dormouse_smol::Smol);
/// }
///
/// mod ambient_tokio {
///     use dormouse_tokio::{Tokio, TokioRuntime};
///
///     dormouse_conformance::conformance!(Tokio, driver = TokioRuntime::new());
/// }
/// ```
#[macro_export]
macro_rules! conformance {
    ($runtime:expr, driver = $driver:expr $(, $tasks:ident)? $(,)?) => {
        $crate::__each_case! { __tests [$runtime] [$driver] [$($tasks)?] }
    };
    ($runtime:expr $(, $tasks:ident)? $(,)?) => {
        $crate::__each_case! { __tests [$runtime] [] [$($tasks)?] }
    };
}

/// The one list of all cases, by the file they are in.
///
/// * `sleeps` cases borrow a sleeper and its driver: they are for any of them;
/// * `lent` cases borrow the runtime and its driver;
/// * `alone` is for runtimes that need no driver: they work on any thread;
/// * `given` cases drop the runtime and its driver themselves;
/// * `many` are for runtimes that bear a hundred thousand tasks at a time.
#[doc(hidden)]
#[macro_export]
macro_rules! __each_case {
    ($then:ident $($with:tt)*) => {
        $crate::$then! { $($with)*
            sleeps sleeper {
                sleep_is_never_early,
                many_sleeps_are_never_early,
                sleeps_run_at_once,
                sleep_counts_from_the_call,
                now_never_goes_back,
                now_and_sleep_until_share_a_clock,
                ten_thousand_sleeps_end,
            }
            sleeps deadline {
                a_past_deadline_ends_at_once,
                a_zero_sleep_ends,
                a_far_deadline_neither_panics_nor_fires,
            }
            sleeps waking {
                dropping_a_sleep_cancels_it,
                sleep_wakes_the_latest_waker,
            }
            lent waking {
                a_sleep_can_be_polled_on_another_thread,
                a_sleep_can_end_on_another_thread,
                outside_of_a_context_it_works_or_says_what_to_do,
            }
            lent task {
                a_task_runs_without_being_awaited,
                dropping_a_handle_lets_the_task_finish,
                detaching_a_handle_lets_the_task_finish,
                tasks_run_at_once,
                a_task_can_spawn_a_task,
                an_output_is_dropped_exactly_once,
            }
            alone task {
                a_plain_thread_can_spawn_and_sleep,
            }
            lent handle {
                a_handle_gives_the_value,
                a_handle_can_be_awaited_in_another_task,
                a_handle_wakes_the_latest_waker,
                is_finished_tells_the_end,
                is_finished_keeps_the_waker,
            }
            lent abort {
                abort_before_the_first_poll_gives_cancelled,
                abort_while_sleeping_gives_cancelled,
                abort_drops_the_future_before_the_handle_resolves,
                abort_after_the_end_keeps_the_value,
                aborting_twice_is_aborting_once,
                abort_wakes_the_one_who_awaits,
                abort_ends_a_task_whose_handle_is_dropped,
            }
            lent abort_on_drop {
                abort_on_drop_aborts,
                abort_on_drop_can_be_detached,
            }
            lent failure {
                a_panic_reaches_the_handle,
                a_panic_after_a_sleep_reaches_the_handle,
                a_panic_wakes_the_one_who_awaits,
                a_panic_leaves_the_executor_alive,
            }
            given failure {
                a_task_whose_runtime_is_gone_is_cancelled,
            }
            sleeps functions {
                wait_random_is_in_its_range,
                wait_random_reaches_both_ends,
                wait_random_sleeps_what_it_returns,
                measure_time_is_the_total_by_n,
                measure_time_of_no_waits_is_an_error,
            }
            lent functions {
                task_wait_random_is_a_task,
            }
            lent streams {
                streams_are_ascending_and_complete,
                dropping_wait_n_cancels_its_sleeps,
                dropping_task_wait_n_ends_every_task,
            }
            sleeps lists {
                wait_n_is_ascending_and_complete,
                wait_n_runs_at_once,
                a_hundred_thousand_waits_are_ascending,
            }
            lent lists {
                task_wait_n_is_ascending_and_complete,
                one_seed_is_one_list_everywhere,
            }
            many lists {
                a_hundred_thousand_tasks_are_ascending,
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    ($runtime:tt $driver:tt $tasks:tt $($kind:ident $file:ident { $($case:ident,)* })*) => {
        $($($crate::__test! { $kind $runtime $driver $tasks $file $case })*)*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __test {
    (alone [$runtime:expr] [$driver:expr] $tasks:tt $file:ident $case:ident) => {};
    (many [$runtime:expr] $driver:tt [few_tasks] $file:ident $case:ident) => {};
    ($kind:ident [$runtime:expr] [] $tasks:tt $file:ident $case:ident) => {
        #[test]
        fn $case() {
            $crate::watch(stringify!($case), || {
                let runtime = $runtime;
                let driver = ::core::clone::Clone::clone(&runtime);
                $crate::__call!($kind $file $case runtime driver)
            });
        }
    };
    ($kind:ident [$runtime:expr] [$driver:expr] $tasks:tt $file:ident $case:ident) => {
        #[test]
        fn $case() {
            $crate::watch(stringify!($case), || {
                let driver = $driver;
                let runtime = $runtime;
                $crate::__call!($kind $file $case runtime driver)
            });
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __call {
    (given $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::cases::$file::$case($runtime, $driver)
    };
    ($kind:ident $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::cases::$file::$case(&$runtime, &$driver)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __cases {
    ($($kind:ident $file:ident { $($case:ident,)* })*) => {
        vec![$($(Case {
            name: stringify!($case),
            file: stringify!($file),
            alone: stringify!($kind) == "alone",
            run: |runtime, driver| $crate::__call!($kind $file $case runtime driver),
        }),*),*]
    };
}

/// One case, for those who run the suite by other means than `#[test]`.
pub struct Case<R, B> {
    /// The name of its function.
    pub name: &'static str,
    /// The name of the module it is in.
    pub file: &'static str,
    /// Whether it is only for a runtime that needs no driver.
    pub alone: bool,
    /// Runs it, and panics if the promise is broken.
    pub run: fn(R, B),
}

/// All the cases.
///
/// # Examples
///
/// ```
/// use dormouse_conformance::{cases, watch};
/// use dormouse_smol::Smol;
///
/// for case in cases::all().into_iter().filter(|case| case.name.contains("zero")) {
///     watch(case.name, move || (case.run)(Smol, Smol));
/// }
/// ```
#[must_use]
pub fn all<R: Runtime, B: BlockOn>() -> Vec<Case<R, B>> {
    crate::__each_case! { __cases }
}

impl<R, B> fmt::Debug for Case<R, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
