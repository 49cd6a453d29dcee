//! Which cases catch a runtime.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use dormouse_conformance::cases::{self, Case};
use dormouse_conformance::watch_for;
use dormouse_core::{BlockOn, Runtime};

/// A broken runtime takes its time to be caught: less of it than the suite itself grants.
const LIMIT: Duration = Duration::from_secs(6);

/// Checks that of the cases in these files, those with these names fail, and no other; and that
/// the first of them does so in words of its own.
pub(crate) fn only<R>(make: fn() -> R, files: &[&str], names: &[&str], words: &str)
where
    R: Runtime + BlockOn,
{
    let cases = cases::all::<R, R>()
        .into_iter()
        .filter(|case| files.contains(&case.file));
    let threads: Vec<_> = cases
        .map(|case| thread::spawn(move || (case.name, failure(make, &case))))
        .collect();
    let results: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();

    // What is broken, is so every time; on a machine that is too busy, another case may be late once.
    let caught: Vec<_> = results
        .iter()
        .filter(|(name, message)| {
            message.is_some() && (names.contains(name) || fails_again(make, name))
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
        let message = message.as_deref().unwrap_or_default();
        assert!(
            message.contains(words),
            "`{first}` caught it in other words: {message}"
        );
    }
}

fn fails_again<R: Runtime + BlockOn>(make: fn() -> R, name: &str) -> bool {
    let case = cases::all::<R, R>()
        .into_iter()
        .find(|case| case.name == name);
    let case = case.expect("it was there before");
    (0..3).all(|_| failure(make, &case).is_some())
}

/// The message of a case that fails.
fn failure<R: Runtime + BlockOn>(make: fn() -> R, case: &Case<R, R>) -> Option<String> {
    let run = case.run;
    let watched = || {
        watch_for(LIMIT, case.name, move || {
            let runtime = make();
            run(runtime.clone(), runtime);
        });
    };
    catch_unwind(AssertUnwindSafe(watched))
        .err()
        .map(|payload| words(&*payload))
}

/// The words of a panic.
pub(crate) fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("(none)").to_owned()
}
