//! Which cases catch a runtime.

use std::any::Any;
use std::future::Future;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};
use std::thread;
use std::time::Duration;

use dormouse_conformance::cases::Case;
use dormouse_conformance::watch_for;
use dormouse_core::BlockOn;
use dormouse_tokio::TokioRuntime;

/// Makes a test for each fault: which of the cases in these files catch it, and with which message.
/// `Fault` is that of the module; the cases after `or` may catch it, too.
macro_rules! caught {
    (
        $bad:path, $cases:ident, $files:ty;
        $($test:ident: $fault:ident by [$($name:ident),* $(,)?] $(or [$($may:ident),*])? $words:literal;)*
    ) => {$(
        #[test]
        fn $test() {
            let make = || {
                let owner = $bad(Fault::$fault);
                (owner.handle(), owner)
            };
            let cases = dormouse_conformance::cases::$cases::<_, _, $files>;
            let (names, may) = (&[$(stringify!($name)),*], &[$($(stringify!($may)),*)?]);
            $crate::caught::only(make, cases, names, may, $words);
        }
    )*};
}

pub(crate) use caught;

/// Names the files whose cases are run.
macro_rules! files {
    ($visible:vis $name:ident: $($file:ident),+ $(,)?) => {
        $visible enum $name {}

        impl dormouse_conformance::cases::Files for $name {
            const NAMES: Option<&'static [&'static str]> = Some(&[$(stringify!($file)),+]);
        }
    };
}

pub(crate) use files;

/// The limit for a broken runtime to be caught: shorter than the suite's own.
const LIMIT: Duration = Duration::from_secs(6);

/// The owner of a broken runtime: a right runtime, and the handle that breaks it.
pub(crate) struct Owner<H> {
    pub(crate) owner: Arc<TokioRuntime>,
    pub(crate) handle: H,
}

impl<H: Clone> Owner<H> {
    pub(crate) fn handle(&self) -> H {
        self.handle.clone()
    }
}

impl<H> BlockOn for Owner<H> {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.owner.block_on(future)
    }
}

/// Checks that of these cases exactly those with these names fail, plus any that may; and that the
/// first of them fails with this message.
pub(crate) fn only<R: 'static, B: 'static>(
    make: fn() -> (R, B),
    cases: fn() -> Vec<Case<R, B>>,
    names: &[&str],
    may: &[&str],
    words: &str,
) {
    panics_in_one_line();
    let threads: Vec<_> = cases()
        .into_iter()
        .map(|case| thread::spawn(move || (case.name, failure(make, &case))))
        .collect();
    let results: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();

    assert!(!results.is_empty(), "no file has such a name");

    // A fault shows every time; a case that is only late, on a busy machine, passes when repeated.
    let caught: Vec<_> = results
        .iter()
        .filter(|(name, message)| {
            match (names.contains(name), message) {
                // On a busy machine a fault may hide once.
                (true, message) => message.is_some() || fails(make, cases, name, 2).contains(&true),
                (false, None) => false,
                (false, Some(_)) => {
                    !may.contains(name) && !fails(make, cases, name, 3).contains(&false)
                }
            }
        })
        .map(|(name, _)| *name)
        .collect();
    let (mut caught, mut names) = (caught, names.to_vec());
    let first = names.first().copied();
    caught.sort_unstable();
    names.sort_unstable();
    assert_eq!(
        caught, names,
        "left is who caught it, right is who should have"
    );

    if let Some(first) = first {
        let (_, message) = results
            .iter()
            .find(|(name, _)| *name == first)
            .expect("it has caught it");
        if let Some(message) = message {
            assert!(
                message.contains(words),
                "`{first}` caught it in other words: {message}"
            );
        }
    }
}

/// Hundreds of panics are intended here, on many threads at once: printing a backtrace for each
/// would delay the cases by seconds.
fn panics_in_one_line() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| panic::set_hook(Box::new(|info| eprintln!("{info}"))));
}

/// Whether a case fails, each time.
fn fails<R: 'static, B: 'static>(
    make: fn() -> (R, B),
    cases: fn() -> Vec<Case<R, B>>,
    name: &str,
    times: usize,
) -> Vec<bool> {
    let case = cases().into_iter().find(|case| case.name == name);
    let case = case.expect("it was there before");
    (0..times).map(|_| failure(make, &case).is_some()).collect()
}

/// The message of a case that fails.
fn failure<R: 'static, B: 'static>(make: fn() -> (R, B), case: &Case<R, B>) -> Option<String> {
    let run = case.run;
    let watched = || {
        watch_for(LIMIT, case.name, move || {
            let (runtime, driver) = make();
            run(runtime, driver);
        });
    };
    catch_unwind(AssertUnwindSafe(watched))
        .err()
        .map(|payload| words(&*payload))
}

/// The message of a panic.
pub(crate) fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("(none)").to_owned()
}
