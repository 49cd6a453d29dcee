//! Which rows of two sessions are compared, and which baselines are refused.

use serde_json::json;

use crate::program::{dormouse, printed, text};
use crate::saved::{EXACT, save};

/// The error names the difference.
#[test]
fn a_baseline_of_another_machine_or_configuration_is_refused() {
    let saved = save();
    // The two sessions have no engine in common.
    for args in ["--n 200", "--max-delay 0.2", "--modes join"] {
        let words = "has another set of engines (virtual/coalesced, 1000 waits of up to 0.1 s";
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
        shown.contains("Not compared: virtual/join, 1000 waits of up to 0.1 s (new)"),
        "{shown}"
    );
    let strict = dormouse(&format!("{more} --baseline-strict"));
    assert_eq!(strict.status.code(), Some(2), "{}", text(&strict.stderr));
}

/// The first engine is run twice as a control, which is no engine.
#[test]
fn the_same_engines_in_another_order_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.json").display().to_string();
    let short = "compare --workload sleep --modes join --n 5 --max-delay 0.001 --rounds 1";
    printed(&format!(
        "{short} --runtimes tokio,smol --save-baseline {path}"
    ));
    let strict = format!("--baseline {path} --baseline-strict");
    printed(&format!("{short} --runtimes smol,tokio {strict}"));
    let other = dormouse(&format!("{short} --runtimes smol {strict}"));
    assert_eq!(other.status.code(), Some(2), "{}", text(&other.stderr));
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
    let row = "smol/join, 5 waits of up to 0.001 s, on";
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
