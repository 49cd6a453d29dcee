//! The macro of the suite, and what it generates from the list of the cases.

/// Makes a `#[test]` of every case, named as the case, for one type of runtime.
///
/// * `conformance!(expression)` is for a runtime that blocks on a future by itself: an owner, whose
///   `handle()` is the [`Runtime`](dormouse_core::Runtime), or a type that is both.
/// * `conformance!(expression, driver = expression)` is for one that does not: the second
///   expression is what drives it.
/// * `conformance!(driver = expression, |driver| expression)` is for one that is made from its
///   driver.
///
/// The expressions are evaluated anew in every test, on the thread of that test. Several runtimes
/// in one file take a `mod` each.
///
/// Two options may follow, each after a comma:
///
/// * `few_tasks`, if a task is as expensive as a thread: it leaves out the case with a hundred
///   thousand tasks at a time;
/// * `process_wide`, if dropping the driver does not end the runtime: it leaves out the cases on a
///   runtime that is gone. A runtime that is its own driver, such as the unit struct of an ambient
///   one, does not need this.
///
/// # Examples
///
/// ```
/// mod owner {
///     dormouse_conformance::conformance!(dormouse_smol::SmolExecutor::new(2));
/// }
///
/// mod ambient_tokio {
///     use dormouse_tokio::{Tokio, TokioRuntime};
///
///     dormouse_conformance::conformance!(Tokio, driver = TokioRuntime::new());
/// }
///
/// mod made_from_its_driver {
///     use dormouse_core::Coalesced;
///     use dormouse_tokio::TokioRuntime;
///
///     dormouse_conformance::conformance!(
///         driver = TokioRuntime::current_thread(),
///         |driver| Coalesced::new(driver.handle())
///     );
/// }
/// ```
#[macro_export]
macro_rules! conformance {
    ($($of:tt)*) => {
        $crate::__of! { __each_case run_conformance $($of)* }
    };
}

/// Reduces the forms that a macro of the suite takes to one: to what makes the runtime and its
/// driver.
#[doc(hidden)]
#[macro_export]
macro_rules! __of {
    ($each:ident $run:ident driver = $driver:expr, |$name:ident| $runtime:expr $(, $option:ident)* $(,)?) => {
        $($crate::__option! { $option })*
        $crate::__run! { $run [from $name [$driver] [$runtime]] }
        $crate::$each! { __tests $run [from] [$($option)*] }
    };
    ($each:ident $run:ident $runtime:expr, driver = $driver:expr $(, $option:ident)* $(,)?) => {
        $($crate::__option! { $option })*
        $crate::__run! { $run [by [$driver] [$runtime]] }
        $crate::$each! { __tests $run [by] [$($option)*] }
    };
    ($each:ident $run:ident $runtime:expr $(, $option:ident)* $(,)?) => {
        $($crate::__option! { $option })*
        $crate::__run! { $run [itself [$runtime]] }
        $crate::$each! { __tests $run [itself] [$($option)*] }
    };
}

/// The one function that all tests of a macro call, so that the compiler reports what the runtime
/// lacks once, and not in every test.
#[doc(hidden)]
#[macro_export]
macro_rules! __run {
    (run_conformance $of:tt) => {
        fn run_conformance(case: &'static str) {
            let runtime = concat!(module_path!(), " ", stringify!($of));
            let make = || {
                $crate::__made! { $of runtime driver }
                (runtime, driver)
            };
            let share = || {
                $crate::__made! { $of runtime driver }
                #[allow(unused_imports, reason = "one of the two is used")]
                use $crate::__private::{InTasks as _, OnItsThread as _};
                (runtime, $crate::__private::Shared::new(driver).share())
            };
            $crate::__private::run_conformance(case, runtime, make, share);
        }
    };
    ($run:ident $of:tt) => {
        fn $run(case: &'static str) {
            let runtime = concat!(module_path!(), " ", stringify!($of));
            $crate::__private::$run(case, runtime, || {
                $crate::__made! { $of runtime driver }
                (runtime, driver)
            });
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __option {
    (few_tasks) => {};
    (process_wide) => {};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    ($run:ident $form:tt $options:tt $($kind:ident $file:ident { $($case:ident,)* })*) => {
        $($($crate::__test! { $kind $form $options $run $case })*)*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __test {
    (alone [from] $options:tt $run:ident $case:ident) => {};
    (alone [by] $options:tt $run:ident $case:ident) => {};
    (many $form:tt [few_tasks $($options:ident)*] $run:ident $case:ident) => {};
    (many $form:tt [process_wide few_tasks] $run:ident $case:ident) => {};
    (given $form:tt [process_wide $($options:ident)*] $run:ident $case:ident) => {};
    (given $form:tt [few_tasks process_wide] $run:ident $case:ident) => {};
    (any_given $($of:tt)*) => { $crate::__test! { given $($of)* } };
    (local_given $($of:tt)*) => { $crate::__test! { given $($of)* } };
    (twins $($of:tt)*) => { $crate::__test! { given $($of)* } };
    ($kind:ident $form:tt $options:tt $run:ident $case:ident) => {
        #[test]
        fn $case() {
            $run(stringify!($case));
        }
    };
}

/// Makes the runtime and what drives it.
#[doc(hidden)]
#[macro_export]
macro_rules! __made {
    ([itself [$owner:expr]] $runtime:ident $driver:ident) => {
        let $driver = $owner;
        let $runtime = {
            #[allow(unused_imports, reason = "an owner has a method of this name")]
            use $crate::__private::Handle as _;
            $driver.handle()
        };
    };
    ([by [$by:expr] [$owner:expr]] $runtime:ident $driver:ident) => {
        let $driver = $crate::__private::Driven::new($by, $owner);
        let $runtime = {
            #[allow(unused_imports, reason = "an owner has a method of this name")]
            use $crate::__private::Handle as _;
            $driver.owner().handle()
        };
    };
    ([from $name:ident [$by:expr] [$made:expr]] $runtime:ident $driver:ident) => {
        let $driver = $by;
        let $runtime = {
            let $name = &$driver;
            $made
        };
    };
}
