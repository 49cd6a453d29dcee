//! Engines that take no part in some of the groups: a mode may be none of theirs, and a peer has a name
//! of its own in each.

use dormouse_compare::Report;
use serde_json::json;

use crate::{QUIET, in_short, line, quiet, summary_of};

#[test]
fn an_engine_that_takes_no_part_where_others_are_best_is_not_said_to_be_worse() {
    // Only threads are late, and only with a task per wait, where async-std does not take part.
    let kept = |mode: &str, runtime: &str| (mode, runtime) != ("spawn", "async-std");
    let summary = summary_of(kept, |workload, mode, runtime, key| {
        let is_late = (workload, mode, runtime) == ("sleep", "spawn", "threads");
        (key == "late_p99_s").then_some((if is_late { 40.0 } else { 1.0 }, QUIET))
    });
    let told = in_short(&summary, "to wake on time:");
    assert_eq!(told, "to wake on time: all but threads in sleep (spawn)");
}

/// The answer for little CPU: `factor` gives an engine's typical value, of those that take part.
fn cpu(factor: impl Fn(&str, &str) -> Option<f64>) -> String {
    let kept = |mode: &str, runtime: &str| factor(mode, runtime).is_some();
    let summary = summary_of(kept, |workload, mode, runtime, key| {
        let is_asked = workload == "sleep" && key == "cpu_per_wait_s";
        let factor = factor(mode, runtime).filter(|_| is_asked);
        factor.map(|factor| (factor, QUIET))
    });
    let told = in_short(&summary, "for little CPU: ");
    told.trim_start_matches("for little CPU: ").to_owned()
}

#[test]
fn an_engine_that_is_as_good_in_its_only_group_is_named_with_the_group() {
    let told = cpu(|mode, runtime| match (mode, runtime) {
        ("join", "smol") | ("join" | "spawn", "tokio") => Some(1.0),
        ("join" | "spawn", "futures") => Some(5.0),
        _ => None,
    });
    assert_eq!(told, "tokio, and smol in sleep (join)");
}

/// It is not said to be worse elsewhere, either.
#[test]
fn all_but_some_are_all_but_those_that_are_worse() {
    let told = cpu(|mode, runtime| match (mode, runtime) {
        ("join" | "spawn", "threads") => Some(5.0),
        ("join" | "spawn", "tokio" | "tokio-current-thread" | "smol" | "futures")
        | ("join", "async-std") => Some(1.0),
        _ => None,
    });
    assert_eq!(told, "all but threads, and async-std in sleep (join)");
}

#[test]
fn engines_that_are_best_where_they_take_part_are_named_with_the_groups() {
    let told = cpu(|mode, runtime| match (mode, runtime) {
        ("join", "smol") | ("spawn", "futures") => Some(0.33),
        ("join" | "spawn", "tokio") => Some(1.0),
        _ => None,
    });
    let words = "smol in sleep (join), and futures in sleep (spawn), whose CPU/wait is 67 % lower than \
                 tokio's";
    assert_eq!(told, words);
}

/// tokio is the best in one group, and proven to be worse in the other.
#[test]
fn an_engine_that_is_beaten_by_one_of_another_group_is_not_the_answer() {
    let told = cpu(|mode, runtime| match (mode, runtime) {
        ("join", "smol") => Some(0.33),
        ("join" | "spawn", "tokio") => Some(1.0),
        ("spawn", "futures") => Some(5.0),
        _ => None,
    });
    let words = "depends on the work: smol in sleep (join)";
    assert_eq!(told, words);
}

/// With one mode, groups go by their n alone.
#[test]
fn what_is_at_several_n_is_told_with_the_n() {
    let mut report = quiet::report();
    let session = &mut report["sessions"][0];
    session["settings"]["n"] = json!([10, 1000]);
    session["workloads"].as_array_mut().unwrap().truncate(1);
    let engines = session["engines"].as_array_mut().unwrap();
    engines.retain(|row| row["mode"] == "join");
    for row in engines.iter_mut().filter(|row| row["runtime"] == "smol") {
        for run in row["runs"].as_array_mut().unwrap() {
            run["figures"]["late_p99_s"] = json!(1e-9);
        }
    }
    let mut fewer = engines.clone();
    fewer.iter_mut().for_each(|row| row["n"] = json!(10));
    engines.splice(0..0, fewer);
    let report = Report::merge([Report::read(report.to_string().as_bytes(), "r").unwrap()]);
    let summary = report.sessions()[0].summary();
    let told = line(&summary, "Wakes on time:");
    let words = "Wakes on time: smol at n = 10 and n = 1000: late p99 of smol is ";
    assert!(told.starts_with(words), "{told}");
    assert!(!summary.concat().contains(" in n = "), "{summary:#?}");
}
