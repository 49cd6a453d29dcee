//! The suite for places where nothing can block, as in a browser.

/// Makes an async test of every case for a runtime that can't block: those of its sleeps, and those
/// of [`LocalSpawner`](dormouse_core::LocalSpawner).
///
/// The expression is evaluated anew in each test; `test` is the attribute of all of them. Cases
/// that need a thread, a driver or another runtime are left out, and if panics abort, so are those
/// that catch one.
///
/// # Examples
///
/// A file `tests/conformance.rs` that is run in a browser:
///
/// ```ignore
/// use dormouse_web::Web;
/// use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
///
/// wasm_bindgen_test_configure!(run_in_browser);
/// dormouse_conformance::async_conformance!(Web, test = wasm_bindgen_test);
/// ```
#[macro_export]
macro_rules! async_conformance {
    ($runtime:expr, test = $($test:tt)+) => {
        $crate::__each_case! { __async_tests [$($test)+] [$runtime] }
        $crate::__each_local_case! { __async_tests [$($test)+] [$runtime] }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __async_tests {
    ($test:tt $runtime:tt $($kind:ident $file:ident { $($case:ident,)* })*) => {
        $($($crate::__async_test! { $kind $test $runtime $file $case })*)*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __async_test {
    (sleeps [$($test:tt)+] [$runtime:expr] $file:ident $case:ident) => {
        #[$($test)+]
        async fn $case() {
            let runtime = $runtime;
            let case = $crate::cases::$file::$case(&runtime);
            $crate::__private::watch_async(stringify!($case), &runtime, case).await;
        }
    };
    (unwinds $test:tt $runtime:tt $file:ident $case:ident) => {
        #[cfg(panic = "unwind")]
        $crate::__async_test! { sleeps $test $runtime $file $case }
    };
    // The other cases need to block, or need tasks that may move between threads.
    ($kind:ident $test:tt $runtime:tt $file:ident $case:ident) => {};
}
