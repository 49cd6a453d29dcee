//! What is a regression, which session a gate lets pass, and which one becomes a baseline.

use std::fs;

use serde_json::json;

use crate::program::{dormouse, printed, text};
use crate::saved::{EXACT, save};

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

/// Nor without a gate, where a difference is reported and the status is 0.
#[test]
fn what_is_worse_does_not_overwrite_its_baseline() {
    let saved = save();
    saved.scale_overhead(0.05);
    let before = fs::read(&saved.path).unwrap();
    let path = saved.path.display().to_string();
    let (status, shown) = saved.against(&format!("--save-baseline {path}"));
    assert_eq!(status, Some(0), "{shown}");
    let words = "is kept as it was, as this session is worse: replace it without `--baseline`";
    assert!(shown.contains("more than the baseline"), "{shown}");
    assert!(!shown.contains("a regression"), "{shown}");
    assert!(shown.contains(words), "{shown}");
    assert!(fs::read(&saved.path).unwrap() == before);
    // Another file may have it, and what is better replaces the baseline.
    let other = saved.path.with_file_name("other.json");
    saved.against(&format!("--save-baseline {}", other.display()));
    assert!(other.exists());
    saved.scale_overhead(400.0);
    let (status, shown) = saved.against(&format!("--save-baseline {path}"));
    assert_eq!(status, Some(0), "{shown}");
    assert!(shown.contains("less than the baseline"), "{shown}");
    assert!(!shown.contains("is kept"), "{shown}");
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
    for (kept, reason) in [(0, "no figures in the baseline"), (6, "too few good runs")] {
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
        let not = "Not compared: virtual/coalesced, 1000 waits of up to 0.1 s (it has";
        assert!(shown.contains(&format!("{not} {reason})")), "{shown}");
        let (status, shown) = saved.against("--fail-on-regression 5%");
        assert_eq!(status, Some(1), "{shown}");
        assert!(shown.contains("save a new baseline"), "{shown}");
    }
}

/// With fewer than seven rounds there are no verdicts, also against a baseline of many rounds.
#[test]
fn few_rounds_are_not_compared_with_a_baseline() {
    let saved = save();
    saved.scale_overhead(0.05);
    for (rounds, words) in [(6, "Nothing was compared"), (7, "more than the baseline")] {
        let few = EXACT.replace("--rounds 8", &format!("--rounds {rounds}"));
        let output = dormouse(&format!("{few} --baseline {}", saved.path.display()));
        // The lines are joined, as sentences are wrapped.
        let shown: Vec<&str> = text(&output.stdout).split_whitespace().collect();
        assert!(shown.join(" ").contains(words), "{shown:?}");
    }
}

/// A session that was too short to compare anything must not replace what it was to be compared with.
#[test]
fn a_session_that_compares_nothing_does_not_replace_its_baseline() {
    let saved = save();
    let before = fs::read(&saved.path).unwrap();
    let path = saved.path.display().to_string();
    let one = EXACT.replace("--rounds 8", "--time-budget 0.001");
    for (gate, status) in [("", 0), ("--fail-on-regression 5%", 1)] {
        let short = format!("{one} --baseline {path} {gate} --save-baseline");
        let output = dormouse(&format!("{short} {path}"));
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{said}");
        let words = format!(
            "warning: {path} is kept as it was, as nothing of this session was compared with it: \
             replace it without `--baseline`\n"
        );
        assert!(said.contains(&words), "{said}");
        assert!(fs::read(&saved.path).unwrap() == before);
        // Another file may have it.
        let other = saved.path.with_file_name("other.json");
        dormouse(&format!("{short} {}", other.display()));
        assert!(other.exists());
        fs::remove_file(other).unwrap();
    }
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
