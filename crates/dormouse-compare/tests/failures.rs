//! Reports with rows that have failed: such a row is left out of further rounds.

use dormouse_compare::Report;
use serde_json::{Value, json};

/// A session of twelve rounds.
const REAL: &str = include_str!("shuffled/session.json");

/// The session, with the rows of smol changed.
fn changed(change: impl Fn(&mut Vec<Value>)) -> Report {
    let mut report: Value = serde_json::from_str(REAL).unwrap();
    for engine in report["sessions"][0]["engines"].as_array_mut().unwrap() {
        if engine["runtime"] == "smol" {
            change(engine["runs"].as_array_mut().unwrap());
        }
    }
    merged(&report)
}

fn merged(report: &Value) -> Report {
    Report::merge([Report::read(report.to_string().as_bytes(), "r").unwrap()])
}

fn fail(run: &mut Value) {
    let run = run.as_object_mut().unwrap();
    run.remove("figures");
    run.insert("failure".into(), json!("it hung"));
}

/// The verdicts on each row that has not failed.
fn verdicts(report: &Report) -> Vec<Value> {
    let report: Value = serde_json::from_str(&report.json().unwrap()).unwrap();
    let engines = report["sessions"][0]["engines"].as_array().unwrap().clone();
    let engines = engines.into_iter();
    let good = engines.filter(|engine| engine["failure"].is_null());
    good.map(|engine| json!([engine["engine"], engine["versus"], engine["best_by"]]))
        .collect()
}

#[test]
fn the_others_are_judged_as_if_a_failing_row_had_run_on() {
    let left_out = changed(|runs| {
        runs.truncate(5);
        fail(&mut runs[1]);
        fail(&mut runs[4]);
    });
    let ran_on = changed(|runs| runs.iter_mut().for_each(fail));
    assert_eq!(left_out.sessions()[0].rounds(), 12);
    assert!(!left_out.sessions()[0].is_whole());
    let verdicts = verdicts(&left_out);
    assert!(verdicts.len() > 4);
    assert_eq!(verdicts, self::verdicts(&ran_on));
    let said = "it hung; after its second failed run it was left out of further rounds";
    assert!(left_out.text(10_000).contains(said));
    assert!(!ran_on.text(10_000).contains("left out"));
}

#[test]
fn a_single_failure_leaves_nothing_out() {
    let report = changed(|runs| fail(runs.last_mut().unwrap()));
    assert!(!report.text(10_000).contains("left out"));
    assert_eq!(report.sessions()[0].rounds(), 12);
}

/// The runs that there are say how many rounds there were, and not the number beside them.
#[test]
fn rounds_are_counted() {
    let mut report: Value = serde_json::from_str(REAL).unwrap();
    report["sessions"][0]["rounds"] = json!(9_999_999_999_u64);
    let report = merged(&report);
    assert_eq!(report.sessions()[0].rounds(), 12);
    assert!(report.text(200).contains("12 rounds"));
}
