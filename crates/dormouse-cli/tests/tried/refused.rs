//! What means nothing, or is more than there is room for, is refused before anything is run.

use std::fs;

use crate::program::{QUICK, dormouse, printed, text};

#[test]
fn what_is_no_report_is_refused_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let whole = printed(&format!("{QUICK} --rounds 1 --json"));
    let empty = r#"{"schema":"dormouse-compare","schema_version":2,"sessions":[]}"#;
    let newer = r#"{"schema":"dormouse-compare","schema_version":3,"sessions":[]}"#;
    for (content, words) in [
        (&whole[..whole.len() / 2], "is not JSON"),
        ("", "is not JSON"),
        ("[]", "has the schema"),
        (empty, "has no session"),
        (newer, "has version 3"),
    ] {
        let path = folder.path().join("r.json");
        fs::write(&path, content).unwrap();
        for args in ["merge ", &format!("{QUICK} --baseline ")] {
            let output = dormouse(&format!("{args} {}", path.display()));
            let complaint = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{words}: {complaint}");
            assert!(complaint.contains(words), "{complaint}");
            assert_eq!(complaint.lines().count(), 1, "{complaint}");
        }
    }
}

/// More busy tasks than there is memory for are refused before anything is run.
#[test]
fn too_many_busy_tasks_are_refused_in_a_line() {
    let output = dormouse("compare --workload load --n 3 --busy 100000000000000 --rounds 1");
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains("lower `--busy`"), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}

/// A gate that can't close is refused before anything is measured.
#[test]
fn a_gate_of_few_rounds_is_refused() {
    let output = dormouse("compare --rounds 6 --baseline b.json --fail-on-regression 5%");
    assert_eq!(output.status.code(), Some(2));
    let refused = text(&output.stderr);
    assert!(
        refused.contains("in 6 rounds: ask for 7 or more"),
        "{refused}"
    );
}

/// A mode that only one default workload has.
#[test]
fn a_mode_alone_chooses_among_the_workloads() {
    let args = "compare --modes join --runtimes smol,threads --n 20 --max-delay 0.005 --rounds 1";
    let output = dormouse(args);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("smol"));
    let said = text(&output.stderr);
    let left_out = "warning: the workload load is left out, as it has no mode join\n";
    assert!(said.contains(left_out), "{said}");
    let output = dormouse(&format!("{args} --workload all"));
    let said = text(&output.stderr);
    let left_out = "warning: the workloads timeout, spawn, ping-pong, load and interval are left out, \
                    as they have no mode join\n";
    assert!(said.contains(left_out), "{said}");
    let refused = dormouse(&format!("{args} --workload load"));
    assert_eq!(refused.status.code(), Some(2));
}
