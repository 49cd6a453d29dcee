//! Messages name what a program is given in the terms of that program.

use std::time::Duration;

use dormouse_compare::{Baseline, Builtin, Comparison, Input, Report, RuntimeName, Wording};
use serde_json::{Value, json};

#[path = "shuffled/quiet.rs"]
mod quiet;

/// A program with options, and nothing for what is not told here.
const OPTIONS: Wording = |input| match input {
    Input::Rounds(rounds) => format!("`--rounds {rounds}`"),
    Input::Workloads(workloads) => format!("{} more", workloads.len()),
    Input::Runtimes => "the runtimes".into(),
    Input::OneThread => "`-1`".into(),
    Input::Threads => "`--threads`".into(),
    Input::Report => "`my report`".into(),
    Input::Baseline => "`my baseline`".into(),
    other => other.to_string(),
};

fn session(change: impl Fn(&mut Value)) -> String {
    let mut report = quiet::report();
    let session = &mut report["sessions"][0];
    change(session);
    report.to_string()
}

/// The summary by a program with this wording, and by one without.
fn summaries(report: &str, wording: Wording) -> [String; 2] {
    let bytes = report.as_bytes();
    [
        Report::read_with(bytes, "r", wording),
        Report::read(bytes, "r"),
    ]
    .map(|report| {
        let report = Report::merge([report.unwrap()]);
        report.sessions()[0].summary().join("\n")
    })
}

#[track_caller]
fn has(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "no {words} in {text}");
    }
}

#[test]
fn a_summary_tells_what_to_run_next_in_the_terms_of_its_program() {
    let [options, ours] = summaries(&session(|_| {}), OPTIONS);
    has(
        &options,
        &[
            "For narrower intervals, run `--rounds 20`, or fewer engines (the runtimes).",
            "for equal loads, use `-1`.",
            "Other workloads may give another order: 4 more.",
        ],
    );
    has(
        &ours,
        &[
            "run `.rounds(20)`, or fewer engines (`.configuration(..)`, `.built_in(..)`).",
            "for equal loads, use `.threads([NonZeroUsize::MIN])`.",
            "another order: `Builtin::Timeout`, `Builtin::Spawn`, `Builtin::PingPong`, \
             `Builtin::Interval`.",
        ],
    );
    assert!(!ours.contains("`--"), "{ours}");
}

#[test]
fn a_doubt_and_too_few_rounds_are_told_so_too() {
    let crowded = session(|session| session["environment"]["cores"] = json!(1));
    let [options, ours] = summaries(&crowded, OPTIONS);
    has(
        &options,
        &["lower `--threads`", "run it again with `--rounds 20`"],
    );
    has(
        &ours,
        &["lower `.threads(..)`", "run it again with `.rounds(20)`"],
    );

    let few = session(|session| {
        for engine in session["engines"].as_array_mut().unwrap() {
            engine["runs"].as_array_mut().unwrap().truncate(1);
        }
    });
    let [options, ours] = summaries(&few, OPTIONS);
    has(&options, &["Ask for `--rounds 12` or more."]);
    has(&ours, &["Ask for `.rounds(12)` or more."]);
}

#[test]
fn a_refused_comparison_names_what_to_change_as_its_program_does() {
    let sleep = || Comparison::of_builtin(vec![Builtin::Sleep]).built_in([RuntimeName::Smol]);
    let long = sleep().max_delays([Duration::from_secs(2)]);
    let refused = long.limit(Duration::from_secs(1)).check().unwrap_err();
    has(&refused.to_string(), &["raise the limit (`.limit(..)`) or"]);
    let options: Wording = |input| format!("{input:?}");
    let refused = sleep().reference("x").wording(options).check();
    has(
        &refused.unwrap_err().to_string(),
        &["name it among the runtimes (Runtimes) too"],
    );
    let busy = Comparison::of_builtin(vec![Builtin::Load])
        .built_in([RuntimeName::Smol])
        .busy(usize::MAX, Duration::from_millis(1))
        .wording(options);
    // Not every system tells how much memory is free.
    if dormouse_compare::machine::available_bytes().is_some() {
        let refused = busy.check().unwrap_err();
        has(&refused.to_string(), &[": lower Busy"]);
    }
}

#[test]
fn a_report_that_is_refused_too() {
    let error = |bytes: &[u8], wording: Wording| {
        let refused = Report::read_with(bytes, "r", wording).unwrap_err();
        refused.to_string()
    };
    let no_session = br#"{"schema":"dormouse-compare","schema_version":2,"sessions":[]}"#;
    for bytes in [&b"no"[..], b"{}", no_session] {
        has(&error(bytes, OPTIONS), &["give a report of `my report`"]);
        let ours = Report::read(bytes, "r").unwrap_err().to_string();
        has(&ours, &["give a report of `Report::json`"]);
    }
    let of_two = |wording: Wording| {
        let one = Report::read_with(quiet::REAL.as_bytes(), "r", wording).unwrap();
        let two = Report::merge([one.clone(), one]);
        Baseline::new(two, "r").unwrap_err().to_string()
    };
    has(&of_two(OPTIONS), &["give what `my baseline` wrote"]);
    has(
        &of_two(ToString::to_string),
        &["give what `Report::json` wrote"],
    );
}
