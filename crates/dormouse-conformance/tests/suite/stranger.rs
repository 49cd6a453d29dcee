//! The suite as a stranger's adapter calls it, and its watchdog.

use std::panic::catch_unwind;
use std::thread;
use std::time::Duration;

use dormouse_conformance::watch_for;

use crate::caught::words;

/// A type that no crate of ours knows, written out with its trailing comma.
mod a_stranger_s_own {
    use crate::sleepers::{BadSleeper, Fault};

    dormouse_conformance::conformance!(BadSleeper::new(Fault::None),);
}

mod a_stranger_s_own_with_a_driver {
    use crate::bad_tasks::{BadTasks, Fault};
    use dormouse_smol::SmolExecutor;

    dormouse_conformance::conformance!(BadTasks::new(Fault::None), driver = SmolExecutor::new(1));
}

#[test]
fn a_case_that_hangs_is_named_with_its_promise() {
    let hangs = || {
        watch_for(Duration::from_millis(50), "a_zero_sleep_ends", || {
            thread::sleep(Duration::MAX);
        });
    };
    let message = words(&*catch_unwind(hangs).unwrap_err());
    assert!(
        message.starts_with("a_zero_sleep_ends: the promise \"a zero sleep ends\" is broken"),
        "{message}"
    );
}

#[test]
fn a_case_that_fails_says_so_in_its_own_words() {
    let fails = || {
        watch_for(Duration::from_secs(60), "a_zero_sleep_ends", || {
            panic!("it did not");
        });
    };
    assert_eq!(words(&*catch_unwind(fails).unwrap_err()), "it did not");
}
