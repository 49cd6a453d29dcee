//! One test with many seeds.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::Virtual;

/// Runs a test with many seeds, each on a runtime of its own, and names the seed that failed. The
/// seed determines the order of the tasks and the random delays, but not
/// [everything](crate#what-a-seed-does-not-determine).
///
/// If the environment variable `DORMOUSE_SEED` is set, only that seed is run, to look at a failure.
///
/// # Panics
///
/// If the test panics: with its message and the seed. Also if `DORMOUSE_SEED` is not a number.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Spawner};
/// use dormouse_virtual::for_seeds;
///
/// for_seeds(0..100, |runtime| {
///     let sum = runtime.block_on(async {
///         let tasks: Vec<_> = (0..4).map(|n| runtime.spawn(async move { n })).collect();
///         let mut sum = 0;
///         for task in tasks {
///             sum += task.await.unwrap();
///         }
///         sum
///     });
///     assert_eq!(sum, 6); // whatever the order of the tasks
/// });
/// ```
pub fn for_seeds(seeds: impl IntoIterator<Item = u64>, test: impl Fn(Virtual)) {
    if let Some(seed) = alone() {
        return run(seed, &test);
    }
    for seed in seeds {
        run(seed, &test);
    }
}

fn run(seed: u64, test: &impl Fn(Virtual)) {
    let test_once = || test(Virtual::seeded(seed));
    let Err(payload) = catch_unwind(AssertUnwindSafe(test_once)) else {
        return;
    };
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    match text {
        Some(text) => panic!("seed {seed}: {text} (`{VARIABLE}={seed}` runs it alone)"),
        None => {
            eprintln!("seed {seed} failed; `{VARIABLE}={seed}` runs it alone");
            resume_unwind(payload)
        }
    }
}

fn alone() -> Option<u64> {
    let seed = env::var(VARIABLE).ok()?;
    let number = seed.parse();
    Some(number.unwrap_or_else(|_| {
        panic!("{VARIABLE} is {seed:?}: set it to the number of a seed, or not at all")
    }))
}

const VARIABLE: &str = "DORMOUSE_SEED";
