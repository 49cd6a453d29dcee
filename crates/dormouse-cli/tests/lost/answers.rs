//! What is said: of what was asked for, left out, or can't be.

use std::ffi::OsStr;
use std::process::Command;

use serde_json::Value;

use crate::program::{QUICK, array, command, dormouse, printed, text};

#[test]
fn seeds_are_strings() {
    let seed = "18446744073709551615";
    let report = printed(&format!("{QUICK} --rounds 1 --seed {seed} --json"));
    let report: Value = serde_json::from_str(&report).unwrap();
    let session = &report["sessions"][0];
    assert_eq!(session["settings"]["seed"], seed);
    assert!(session["round_seeds"][0].is_string());
}

#[test]
fn a_label_is_a_label_in_every_form() {
    let label = "a|b\n# c\u{1b}[31m<script>,\"d\"";
    for format in ["--markdown", "--csv", "--html"] {
        let output = command(&format!("{QUICK} --rounds 1"))
            .args(["--label", label, format])
            .output()
            .unwrap();
        let shown = text(&output.stdout);
        assert!(!shown.contains('\u{1b}') || format == "--html", "{format}");
        match format {
            "--markdown" => {
                assert!(shown.starts_with("## a\\|b \\# c"), "{shown}");
                assert!(!shown.contains("<script>"));
            }
            "--csv" => {
                let mut lines = csv::Reader::from_reader(shown.as_bytes());
                for line in lines.records() {
                    assert!(line.unwrap()[1].starts_with("a|b # c"));
                }
                assert_eq!(shown.lines().count(), 1 + 4, "a line a run");
            }
            _ => assert!(!shown.contains("<script>"), "{shown}"),
        }
    }
    // The text of two sessions has their labels.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let status = command(&format!("{QUICK} --rounds 1 --label"))
        .args([OsStr::new(label), OsStr::new("--json"), path.as_os_str()])
        .output()
        .unwrap();
    assert!(status.status.success());
    let shown = printed(&format!("merge {0} {0}", path.display()));
    assert!(shown.starts_with("a|b # c [31m"), "{shown}");
}

/// Otherwise a session would have no heading.
#[test]
fn an_empty_label_is_none() {
    for label in ["", " "] {
        let output = command(&format!("{QUICK} --rounds 1 --json"))
            .args(["--label", label])
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let given = report["sessions"][0]["label"].as_str().unwrap();
        assert!(given.contains("core"), "{given}");
    }
}

/// A row that the machine can't carry is left out with a warning, and the status is 0.
#[test]
fn a_row_that_is_too_much_is_left_out() {
    let output = dormouse(
        "compare --workload sleep --runtimes smol,threads --modes spawn --n 10,40000 \
         --max-delay 0.001 --rounds 1",
    );
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.contains("threads/spawn, n = 40000, is left out: 40000 threads are more"),
        "{said}"
    );
}

#[cfg(feature = "virtual")]
#[test]
fn a_figure_that_is_not_there_is_absent() {
    let report = printed(
        "compare --workload sleep --runtimes virtual --max-delay 0 --n 10 --rounds 7 --json",
    );
    let report: Value = serde_json::from_str(&report).unwrap();
    for engine in array(&report["sessions"][0]["engines"]) {
        assert!(engine["failure"].is_null(), "{engine}");
        let figures = &engine["runs"][0]["figures"];
        assert!(figures.get("concurrency").is_none(), "{figures}");
        assert_eq!(figures["total_s"], 0.0);
    }
}

#[test]
fn more_threads_than_there_is_room_for_are_one_line() {
    for args in [
        "compare --threads 30000 --runtimes smol",
        "compare --threads 1000000",
        "wait-n 1 --threads 1000000",
    ] {
        let output = dormouse(args);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{args}: {complaint}");
        assert!(complaint.contains("or fewer"), "{args}: {complaint}");
    }
}

/// A limit of the shell is named, with the option that raises it.
#[cfg(target_os = "linux")]
#[test]
fn a_limit_of_the_shell_is_named() {
    let program = env!("CARGO_BIN_EXE_dormouse");
    for (limit, args, words) in [
        ("-u 1", "wait-n 1", "leaves no room for"),
        ("-u 1", "compare --runtimes smol", "`ulimit -u`"),
        ("-n 4", "compare --runtimes smol", "`ulimit -n`"),
    ] {
        let script = format!("ulimit {limit}; exec {program} {args}");
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        let complaint = text(&output.stderr);
        assert!(!output.status.success());
        assert!(complaint.contains(words), "{script}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        assert!(!complaint.contains("0 or fewer"), "{complaint}");
    }
}

#[test]
fn a_typo_is_answered_with_what_was_meant() {
    for (args, meant) in [
        ("comapre", "`compare`"),
        ("compare --runtime tokio", "--runtimes"),
        ("compare --runtimes tokyo", "did you mean tokio?"),
        ("compare --runtimes TOKIO", "did you mean tokio?"),
        ("COMPARE", "`compare`"),
        ("compare --workload slep", "did you mean sleep?"),
        ("wait-n 1 --mode coalesce", "did you mean coalesced?"),
    ] {
        let output = dormouse(args);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args}: {complaint}");
        assert!(complaint.contains(meant), "{args}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{args}: {complaint}");
    }
}

/// Otherwise 'smol' would be refused, and smol would be what was meant.
#[test]
fn what_is_not_seen_is_escaped() {
    for (value, shown) in [
        ("tokio,\u{200b}smol", r"'\u{200b}smol'"),
        ("smo\u{202e}l", r"'smo\u{202e}l'"),
        ("\u{1b}[31msmol", r"'\u{1b}[31msmol'"),
        ("smol\n\nor not", r"'smol\n\nor not'"),
    ] {
        let output = command("compare --runtimes").arg(value).output().unwrap();
        let complaint = text(&output.stderr);
        assert!(complaint.contains(shown), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        let output = command("merge").arg(value).output().unwrap();
        let escape = shown.trim_matches('\'').trim_start_matches("tokio,");
        assert!(text(&output.stderr).contains(escape), "{output:?}");
    }
}

/// The page of one command has its options, and none of another.
#[test]
fn a_command_has_its_own_manual_page() {
    let page = printed("man compare");
    assert!(
        page.contains(".TH dormouse\\-compare") || page.contains(".TH dormouse-compare"),
        "{page}"
    );
    assert!(
        page.contains("dormouse compare") && page.contains("max\\-delay"),
        "{page}"
    );
    assert!(!page.contains("no\\-delays"), "{page}");
}

#[test]
fn versions_completions_and_the_manual_are_there() {
    let version = printed("--version");
    assert!(
        version.contains("commit ") && version.contains("tokio "),
        "{version}"
    );
    assert!(printed("completions bash").contains("--workload"));
    let manual = printed("man");
    assert!(
        manual.contains(".TH") && manual.contains("max\\-delay"),
        "{manual}"
    );
    // What follows the title would be shown as text before the first section, had it many lines.
    let title = manual.lines().position(|line| line.starts_with(".TH"));
    assert_eq!(manual.lines().nth(title.unwrap() + 1), Some(".SH NAME"));
}
