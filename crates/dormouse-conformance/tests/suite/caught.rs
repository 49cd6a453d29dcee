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

/// Makes a test for each fault: which cases of these files catch it, and with which message the
/// first of them does; a runtime that none should catch is given to all of them. `Fault` is that of
/// the module.
macro_rules! caught {
    (
        $bad:path, $cases:ident, $files:ty;
        $($test:ident: $fault:ident by [$($name:ident),* $(,)?] $words:literal;)*
    ) => {$(
        #[test]
        fn $test() {
            let make = || {
                let owner = $bad(Fault::$fault);
                (owner.handle(), owner)
            };
            let cases = dormouse_conformance::cases::$cases::<_, _, $files>;
            $crate::caught::by(make, cases, &[$(stringify!($name)),*], $words);
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

/// How often a case is run: on a busy machine a fault may hide, and a right runtime may be late.
const TRIES: usize = 5;

/// Checks that the cases with these names catch what `make` makes, and that the first does so with
/// these words; without a name, that none of the cases catches it.
///
/// Which other cases catch it, too, depends on the machine: a fault seldom shows in one place only.
pub(crate) fn by<R: 'static, B: 'static>(
    make: fn() -> (R, B),
    cases: fn() -> Vec<Case<R, B>>,
    names: &[&'static str],
    words: &str,
) {
    panics_in_one_line();
    let mut cases = cases();
    assert!(!cases.is_empty(), "no file has such a name");
    let caught = !names.is_empty();
    if caught {
        cases.retain(|case| names.contains(&case.name));
        assert_eq!(cases.len(), names.len(), "the files lack one of {names:?}");
    }
    let right = |message: &Option<String>, words: &str| match message {
        Some(message) => caught && message.contains(words),
        None => !caught,
    };
    let check = |case: Case<R, B>| {
        let first = names.first() == Some(&case.name);
        let words = if first { words } else { "" };
        let mut message = None;
        for _ in 0..TRIES {
            message = failure(make, &case);
            if right(&message, words) {
                return;
            }
        }
        match message {
            Some(message) if caught => {
                panic!("`{}` catches it in other words: {message}", case.name)
            }
            Some(message) => panic!("`{}` fails: {message}", case.name),
            None => panic!("`{}` does not catch it", case.name),
        }
    };
    thread::scope(|scope| {
        for case in cases {
            scope.spawn(|| check(case));
        }
    });
}

/// Hundreds of panics are intended here, on many threads at once: printing a backtrace for each
/// would delay the cases by seconds.
fn panics_in_one_line() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| panic::set_hook(Box::new(|info| eprintln!("{info}"))));
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
