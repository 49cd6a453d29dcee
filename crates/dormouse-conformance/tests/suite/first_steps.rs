//! A runtime that runs nothing is reported once, in seconds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use dormouse_conformance::{
    __private::{run, run_for},
    preflight,
};

use crate::bad_runtimes::{BadRuntime, Fault};
use crate::caught::words;

fn steps(fault: Fault) -> Result<(), String> {
    preflight(move || {
        let owner = BadRuntime::new(fault);
        (owner.handle(), owner)
    })
}

#[test]
fn a_right_one_takes_them() {
    assert_eq!(steps(Fault::None), Ok(()));
}

#[test]
fn each_says_which_step_it_was() {
    let steps_of = |fault| move || steps(fault).unwrap_err();
    let faults = [Fault::RunsNoTask, Fault::WakesNobody, Fault::EndsNoSleep];
    let messages = faults.map(|fault| std::thread::spawn(steps_of(fault)));
    let messages = messages.map(|thread| thread.join().unwrap());
    let never = |step| {
        format!("the runtime runs nothing, so no case was run: {step} is not over after 10s")
    };
    assert_eq!(
        messages[0],
        never("a task that is ready at once, awaited in `block_on`")
    );
    assert_eq!(
        messages[1],
        never("`block_on` of a future that wakes itself once")
    );
    assert_eq!(messages[2], never("a sleep of 1 ms, awaited in `block_on`"));
}

#[test]
fn one_case_says_it_and_the_others_are_not_run() {
    let start = Instant::now();
    let case = |name| {
        let run_it = || {
            run(
                name,
                "of no tasks",
                || steps(Fault::RunsNoTask),
                || unreachable!("not run"),
            );
        };
        words(&*catch_unwind(AssertUnwindSafe(run_it)).unwrap_err())
    };
    let first = case("a_zero_sleep_ends");
    assert!(
        first.contains("a task that is ready at once, awaited"),
        "{first}"
    );
    for name in ["sleep_is_never_early", "a_handle_gives_the_value"] {
        let other = case(name);
        let words = "not run: the runtime failed its first steps, see the test `a_zero_sleep_ends`";
        assert_eq!(other, words);
    }
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_case_that_hangs_is_the_last_one_if_the_runtime_has_stopped() {
    let case = |name, steps: fn() -> Result<(), String>, body: fn()| {
        let limit = Duration::from_millis(50);
        let run_it = || run_for(limit, name, "of a timer that stops", steps, body);
        catch_unwind(AssertUnwindSafe(run_it)).map_err(|payload| words(&*payload))
    };
    let hangs = || std::thread::sleep(Duration::MAX);
    let first = case("a_zero_sleep_ends", || Ok(()), hangs).unwrap_err();
    assert!(first.contains("is not over after 50ms"), "{first}");
    assert_eq!(case("sleeps_run_at_once", || Ok(()), || {}), Ok(()));

    let second = case("ten_thousand_sleeps_end", || unreachable!("known"), hangs).unwrap_err();
    assert!(second.contains("is not over after 50ms"), "{second}");
    let stopped = "not run: the runtime has stopped, see the test `ten_thousand_sleeps_end`";
    for name in ["a_handle_gives_the_value", "sleep_is_never_early"] {
        let steps = || Err("a sleep is not over".to_owned());
        let other = case(name, steps, || unreachable!("not run"));
        assert_eq!(other, Err(stopped.to_owned()));
    }
}
