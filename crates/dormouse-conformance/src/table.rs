//! What makes a table of values of the list of the cases.

#[doc(hidden)]
#[macro_export]
macro_rules! __cases {
    ($files:ident $($kind:ident $file:ident { $($case:ident,)* })*) => {{
        let mut cases = Vec::new();
        $(if const { has($files::NAMES, stringify!($file)) } {
            $($crate::__case!(cases $kind $file $case);)*
        })*
        cases
    }};
}

/// The cases that need no tasks.
#[doc(hidden)]
#[macro_export]
macro_rules! __taskless_cases {
    ($($kind:ident $file:ident { $($case:ident,)* })*) => {{
        let mut cases = Vec::new();
        $($($crate::__taskless_case!(cases $kind $file $case);)*)*
        cases
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __taskless_case {
    ($cases:ident sleeps $($of:tt)*) => { $crate::__case!($cases sleeps $($of)*) };
    ($cases:ident unwinds $($of:tt)*) => { $crate::__case!($cases unwinds $($of)*) };
    ($cases:ident driven $($of:tt)*) => { $crate::__case!($cases driven $($of)*) };
    ($cases:ident local_given $($of:tt)*) => { $crate::__case!($cases local_given $($of)*) };
    ($($other:tt)*) => {};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __case {
    ($cases:ident twins $file:ident $case:ident) => {};
    ($cases:ident bound_twins $file:ident $case:ident) => {};
    ($cases:ident shared $file:ident $case:ident) => {};
    ($cases:ident $kind:ident $file:ident $case:ident) => {
        $cases.push(Case {
            name: stringify!($case),
            file: stringify!($file),
            alone: stringify!($kind) == "alone",
            ends: stringify!($kind).ends_with("given"),
            run: |runtime, driver| {
                let driver = $crate::driver::Checked(driver);
                $crate::__call!($kind $file $case runtime driver);
            },
        })
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __call {
    (given $file:ident $case:ident $runtime:ident $driver:ident) => {
        if !$crate::driver::is_its_own_driver(stringify!($case), &$runtime, &$driver) {
            $crate::cases::$file::$case($runtime, $driver);
        }
    };
    (any_given $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::cases::$file::$case($runtime, $driver)
    };
    (sleeps $file:ident $case:ident $runtime:ident $driver:ident) => {
        $driver.block_on($crate::cases::$file::$case(&$crate::boxed::Boxed($runtime)))
    };
    (unwinds $($of:tt)*) => { $crate::__call!(sleeps $($of)*) };
    (tasks $($of:tt)*) => { $crate::__call!(sleeps $($of)*) };
    (many $($of:tt)*) => { $crate::__call!(sleeps $($of)*) };
    (local_given $($of:tt)*) => { $crate::__call!(given $($of)*) };
    (bound $file:ident $case:ident $runtime:ident $driver:ident) => {{
        let runtime = $crate::thread_bound::ThreadBound::new($crate::boxed::Boxed($runtime));
        $driver.block_on($crate::cases::$file::$case(&runtime))
    }};
    (bound_lent $file:ident $case:ident $runtime:ident $driver:ident) => {{
        let runtime = $crate::thread_bound::ThreadBound::new($crate::boxed::Boxed($runtime));
        $crate::cases::$file::$case(&runtime, &$driver)
    }};
    (bound_given $file:ident $case:ident $runtime:ident $driver:ident) => {
        if !$crate::driver::is_its_own_driver(stringify!($case), &$runtime, &$driver) {
            $crate::__call!(bound_any_given $file $case $runtime $driver);
        }
    };
    (bound_any_given $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::cases::$file::$case($crate::thread_bound::ThreadBound::new($runtime), $driver)
    };
    (alone $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::cases::$file::$case(&$runtime, &$driver)
    };
    ($kind:ident $file:ident $case:ident $runtime:ident $driver:ident) => {
        $crate::cases::$file::$case(&$crate::boxed::Boxed($runtime), &$driver)
    };
}
