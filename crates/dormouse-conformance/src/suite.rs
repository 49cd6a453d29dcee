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
        $crate::__of! { __each_case __tests $($of)* }
    };
}

/// Reduces the forms that a macro of the suite takes to one.
#[doc(hidden)]
#[macro_export]
macro_rules! __of {
    ($each:ident $then:ident driver = $driver:expr, |$name:ident| $runtime:expr $(, $option:ident)* $(,)?) => {
        $($crate::__option! { $option })*
        $crate::$each! { $then [from $name [$driver] [$runtime]] [$($option)*] }
    };
    ($each:ident $then:ident $runtime:expr, driver = $driver:expr $(, $option:ident)* $(,)?) => {
        $($crate::__option! { $option })*
        $crate::$each! { $then [by [$driver] [$runtime]] [$($option)*] }
    };
    ($each:ident $then:ident $runtime:expr $(, $option:ident)* $(,)?) => {
        $($crate::__option! { $option })*
        $crate::$each! { $then [itself [$runtime]] [$($option)*] }
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
    ($of:tt $options:tt $($kind:ident $file:ident { $($case:ident,)* })*) => {
        $($($crate::__test! { $kind $of $options $file $case })*)*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __test {
    (alone [from $($of:tt)*] $options:tt $file:ident $case:ident) => {};
    (alone [by $($of:tt)*] $options:tt $file:ident $case:ident) => {};
    (many $of:tt [few_tasks $($options:ident)*] $file:ident $case:ident) => {};
    (many $of:tt [process_wide few_tasks] $file:ident $case:ident) => {};
    (given $of:tt [process_wide $($options:ident)*] $file:ident $case:ident) => {};
    (given $of:tt [few_tasks process_wide] $file:ident $case:ident) => {};
    (local_given $of:tt [process_wide $($options:ident)*] $file:ident $case:ident) => {};
    (local_given $of:tt [few_tasks process_wide] $file:ident $case:ident) => {};
    (twins $of:tt [process_wide $($options:ident)*] $file:ident $case:ident) => {};
    (twins $of:tt [few_tasks process_wide] $file:ident $case:ident) => {};
    ($kind:ident $of:tt $options:tt $file:ident $case:ident) => {
        $crate::__watched! { preflight $kind $of $file $case }
    };
}

/// One `#[test]`, after the first steps and under the watchdog.
#[doc(hidden)]
#[macro_export]
macro_rules! __watched {
    ($preflight:ident $kind:ident $of:tt $file:ident $case:ident) => {
        #[test]
        fn $case() {
            $crate::__private::run(
                stringify!($case),
                concat!(module_path!(), " ", stringify!($of)),
                || {
                    $crate::$preflight(|| {
                        $crate::__made! { $of runtime driver }
                        (runtime, driver)
                    })
                },
                || $crate::__body!($kind $of $file $case),
            );
        }
    };
}

/// Makes what a case needs, and calls it.
#[doc(hidden)]
#[macro_export]
macro_rules! __body {
    (twins $of:tt $file:ident $case:ident) => {{
        $crate::__made! { $of runtime driver }
        $crate::__made! { $of other_runtime other_driver }
        $crate::cases::$file::$case(runtime, driver, other_runtime, other_driver);
    }};
    ($kind:ident $of:tt $file:ident $case:ident) => {{
        $crate::__made! { $of runtime driver }
        $crate::__call!($kind $file $case runtime driver);
    }};
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

#[doc(hidden)]
#[macro_export]
macro_rules! __call {
    (given $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::cases::$file::$case($runtime, $driver)
    };
    (sleeps $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::__private::BlockOn::block_on(&$driver, $crate::cases::$file::$case(&$runtime))
    };
    (unwinds $($of:tt)*) => {
        $crate::__call!(sleeps $($of)*)
    };
    (local_given $($of:tt)*) => {
        $crate::__call!(given $($of)*)
    };
    (bound $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::cases::$file::$case(&$crate::__private::ThreadBound::new($runtime), &$driver)
    };
    (bound_given $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::cases::$file::$case($crate::__private::ThreadBound::new($runtime), $driver)
    };
    ($kind:ident $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::cases::$file::$case(&$runtime, &$driver)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __cases {
    ($($kind:ident $file:ident { $($case:ident,)* })*) => {{
        #[allow(clippy::vec_init_then_push, reason = "some kinds push nothing")]
        let cases = {
            let mut cases = Vec::new();
            $($($crate::__case!(cases $kind $file $case);)*)*
            cases
        };
        cases
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __case {
    ($cases:ident twins $file:ident $case:ident) => {};
    ($cases:ident $kind:ident $file:ident $case:ident) => {
        $cases.push(Case {
            name: stringify!($case),
            file: stringify!($file),
            alone: stringify!($kind) == "alone",
            ends: stringify!($kind).ends_with("given"),
            run: |runtime, driver| $crate::__call!($kind $file $case runtime driver),
        })
    };
}
