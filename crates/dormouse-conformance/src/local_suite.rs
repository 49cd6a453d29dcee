//! The suite for runtimes whose tasks stay on one thread.

/// Makes a `#[test]` of every case for a runtime whose tasks stay on one thread, and which can
/// block on a future: those of its sleeps, and those of [`LocalSpawner`](dormouse_core::LocalSpawner).
///
/// # Examples
///
/// ```
/// dormouse_conformance::local_conformance!(dormouse_smol::SmolLocal::new());
/// ```
#[macro_export]
macro_rules! local_conformance {
    ($runtime:expr $(,)?) => {
        $crate::__each_case! { __local_tests [$runtime] }
        $crate::__test! { alone [$runtime] [] [] local a_local_task_gives_a_value_that_is_not_send }
        $crate::__test! { alone [$runtime] [] [] local local_tasks_run_at_once }
        $crate::__test! { alone [$runtime] [] [] local dropping_a_local_handle_lets_the_task_finish }
        $crate::__test! { alone [$runtime] [] [] local a_local_panic_reaches_the_handle }
        $crate::__test! { alone [$runtime] [] [] local aborting_a_local_task_drops_its_future_first }

        #[test]
        fn a_local_task_whose_runtime_is_gone_is_cancelled() {
            $crate::watch("a_local_task_whose_runtime_is_gone_is_cancelled", || {
                $crate::cases::local::a_local_task_whose_runtime_is_gone_is_cancelled($runtime)
            });
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __local_tests {
    ($runtime:tt $($kind:ident $file:ident { $($case:ident,)* })*) => {
        $($($crate::__local_test! { $kind $runtime $file $case })*)*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __local_test {
    (sleeps $runtime:tt $file:ident $case:ident) => {
        $crate::__test! { alone $runtime [] [] $file $case }
    };
    ($kind:ident $runtime:tt $file:ident $case:ident) => {};
}
