//! Comparing a session with a baseline.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::program::{dormouse, printed, text};

mod program;

/// Sessions on virtual time are equal, so every difference is one that a test has made.
const EXACT: &str = "compare --workload sleep --runtimes virtual --modes coalesced --n 1000 --rounds 8 --max-delay 0.1 --seed 3";

struct Saved {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn save() -> Saved {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baseline.json");
    printed(&format!("{EXACT} --save-baseline {}", path.display()));
    Saved {
        _folder: folder,
        path,
    }
}

impl Saved {
    fn change(&self, change: impl Fn(&mut Value)) {
        let mut report: Value = serde_json::from_slice(&fs::read(&self.path).unwrap()).unwrap();
        change(&mut report["sessions"][0]);
        fs::write(&self.path, report.to_string()).unwrap();
    }

    /// Multiplies every overhead by a factor.
    fn scale_overhead(&self, factor: f64) {
        self.change(|session| {
            for engine in session["engines"].as_array_mut().unwrap() {
                for run in engine["runs"].as_array_mut().unwrap() {
                    let overhead = &mut run["figures"]["overhead_s"];
                    *overhead = json!(overhead.as_f64().unwrap() * factor);
                }
            }
        });
    }

    fn against(&self, args: &str) -> (Option<i32>, String) {
        let output = dormouse(&format!(
            "{EXACT} --baseline {} {args}",
            self.path.display()
        ));
        let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
        // The lines are joined, as sentences are wrapped.
        (
            output.status.code(),
            shown.split_whitespace().collect::<Vec<_>>().join(" "),
        )
    }
}

#[test]
fn the_same_again_does_not_differ() {
    let (status, shown) = save().against("--fail-on-regression 0%");
    assert_eq!(status, Some(0), "{shown}");
    assert!(
        shown.contains("No figure differs from the baseline"),
        "{shown}"
    );
}

#[test]
fn what_is_worse_by_more_than_is_allowed_is_a_regression() {
    let saved = save();
    saved.scale_overhead(0.05);
    let (status, shown) = saved.against("--fail-on-regression 5%");
    assert_eq!(status, Some(1), "{shown}");
    assert!(
        shown.contains("overhead 20.0×") && shown.contains("a regression from"),
        "{shown}"
    );
    // Without `--fail-on-regression` the difference is reported, and the status is 0.
    let (status, shown) = saved.against("");
    assert_eq!(status, Some(0), "{shown}");
    assert!(shown.contains("more than the baseline"), "{shown}");
    // Nor is it a regression if that much is allowed.
    let (status, shown) = saved.against("--fail-on-regression 100000");
    assert_eq!(status, Some(0), "{shown}");
}

#[test]
fn what_is_better_is_no_regression() {
    let saved = save();
    saved.scale_overhead(20.0);
    let (status, shown) = saved.against("--fail-on-regression 5%");
    assert_eq!(status, Some(0), "{shown}");
    assert!(shown.contains("less than the baseline"), "{shown}");
}

/// The error names the difference.
#[test]
fn a_baseline_of_another_machine_or_configuration_is_refused() {
    let saved = save();
    // The two sessions have no engine in common.
    for args in ["--n 200", "--max-delay 0.2", "--modes join"] {
        let words = "has another set of engines (virtual/coalesced, 1000 waits of up to 100 ms";
        let option = args.split_whitespace().next().unwrap();
        let (before, after) = EXACT.split_once(option).unwrap();
        let (_, after) = after.trim_start().split_once(' ').unwrap();
        let path = saved.path.display();
        let output = dormouse(&format!("{before} {args} {after} --baseline {path}"));
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(complaint.contains(words), "{complaint}");
        assert!(output.stdout.is_empty());
    }
    saved.change(|session| session["environment"]["cpu"] = json!("Another CPU"));
    let (status, shown) = saved.against("");
    assert_eq!(status, Some(2), "{shown}");
    assert!(
        shown.contains("processor (Another CPU, and now "),
        "{shown}"
    );
}

/// The engines that both sessions have are compared; the others are named.
#[test]
fn what_both_have_is_compared_and_the_rest_is_named() {
    let saved = save();
    let path = saved.path.display().to_string();
    let more = format!(
        "{} --baseline {path}",
        EXACT.replace("--modes coalesced", "--modes join,coalesced")
    );
    let shown = printed(&more);
    let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("No figure differs"), "{shown}");
    assert!(
        shown.contains("Not compared: virtual/join, 1000 waits of up to 100 ms (new)"),
        "{shown}"
    );
    let strict = dormouse(&format!("{more} --baseline-strict"));
    assert_eq!(strict.status.code(), Some(2), "{}", text(&strict.stderr));
}

/// If a session that has regressed became the baseline, the regression would no longer be found.
#[test]
fn a_regression_does_not_overwrite_its_baseline() {
    let saved = save();
    saved.scale_overhead(0.05);
    let before = fs::read(&saved.path).unwrap();
    let path = saved.path.display().to_string();
    for _ in 0..2 {
        let (status, shown) =
            saved.against(&format!("--fail-on-regression 5% --save-baseline {path}"));
        assert_eq!(status, Some(1), "{shown}");
        assert!(shown.contains("is kept as it was"), "{shown}");
        assert!(fs::read(&saved.path).unwrap() == before);
    }
}

/// A session whose runs have failed must not become the baseline: nothing could ever regress from it.
#[test]
fn a_failed_session_does_not_replace_a_file() {
    let saved = save();
    let before = fs::read(&saved.path).unwrap();
    let path = saved.path.display().to_string();
    let failing = "--fault virtual/coalesced=crash";
    let (status, shown) = saved.against(&format!("{failing} --save-baseline {path}"));
    assert_eq!(status, Some(1), "{shown}");
    assert!(
        shown.contains(&format!("{path} is kept as it was, as a run has failed")),
        "{shown}"
    );
    assert!(fs::read(&saved.path).unwrap() == before);
    // Nor is it kept in a file that was not there.
    let new = saved.path.with_file_name("new.json");
    let (status, shown) = saved.against(&format!("{failing} --save-baseline {}", new.display()));
    assert_eq!(status, Some(1), "{shown}");
    assert!(shown.contains("new.json is not written"), "{shown}");
    assert!(!new.exists());
}

/// A baseline without good runs: a gate that has compared nothing must not pass.
#[test]
fn a_gate_that_compares_nothing_does_not_pass() {
    for (kept, reason) in [(0, "no figures in the baseline"), (3, "too few good runs")] {
        let saved = save();
        saved.change(|session| {
            for engine in session["engines"].as_array_mut().unwrap() {
                for run in &mut engine["runs"].as_array_mut().unwrap()[kept..] {
                    let run = run.as_object_mut().unwrap();
                    run.remove("figures");
                    run.insert("failure".into(), json!("it crashed"));
                }
            }
        });
        let (status, shown) = saved.against("");
        assert_eq!(status, Some(0), "{shown}");
        assert!(shown.contains("Nothing was compared"), "{shown}");
        assert!(!shown.contains("No figure differs"), "{shown}");
        let not = "Not compared: virtual/coalesced, 1000 waits of up to 100 ms (it has";
        assert!(shown.contains(&format!("{not} {reason})")), "{shown}");
        let (status, shown) = saved.against("--fail-on-regression 5%");
        assert_eq!(status, Some(1), "{shown}");
        assert!(shown.contains("save a new baseline"), "{shown}");
    }
}

/// An engine that fails now is named among those that were not compared.
#[test]
fn an_engine_without_figures_is_not_compared() {
    let (status, shown) = save().against("--fault virtual/coalesced=crash");
    assert_eq!(status, Some(1), "{shown}");
    assert!(shown.contains("(it has no figures now)"), "{shown}");
}

/// Rows that differ in their threads alone are told apart by them.
#[test]
fn other_threads_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.json").display().to_string();
    let run = |args: &str| {
        let output = dormouse(&format!(
            "compare --workload sleep,load --runtimes smol --modes join,native --n 5 --max-delay 0.001 \
             --rounds 1 {args}"
        ));
        let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
        shown.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    run(&format!("--threads 1 --save-baseline {path}"));
    let shown = run(&format!("--threads 2 --baseline {path}"));
    let row = "smol/join, 5 waits of up to 1.00 ms, on";
    assert!(shown.contains(&format!("{row} 2 threads (new)")), "{shown}");
    assert!(
        shown.contains(&format!("{row} 1 thread (in the baseline alone)")),
        "{shown}"
    );
    // Also where the baseline is refused.
    let shown = run(&format!("--threads 2 --baseline {path} --baseline-strict"));
    assert!(
        shown.contains(&format!("set of engines ({row} 1 thread")),
        "{shown}"
    );
}

/// The floor is in every session, and no engine.
#[test]
fn a_gate_that_compares_the_floor_alone_does_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.json");
    let short = "compare --workload sleep --modes join --n 5 --max-delay 0.001 --rounds 8";
    printed(&format!(
        "{short} --runtimes tokio --save-baseline {}",
        path.display()
    ));
    let gate = format!("--baseline {} --fail-on-regression 5%", path.display());
    let output = dormouse(&format!("{short} --runtimes smol {gate}"));
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("nothing was compared"), "{complaint}");
}

#[test]
fn other_busy_tasks_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.json");
    let load = "compare --workload load --runtimes smol --n 5 --max-delay 0.001 --rounds 1";
    printed(&format!("{load} --save-baseline {}", path.display()));
    let output = dormouse(&format!("{load} --busy 2 --baseline {}", path.display()));
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(
        complaint.contains("number of busy tasks a thread"),
        "{complaint}"
    );
}
