//! The exports of `compare` and `merge`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{array, command, dormouse, full, json, printed, read, text};

mod program;

const QUICK: &str = "compare --workload sleep --n 20 --max-delay 0.005 --rounds 2 --modes join --runtimes smol,threads";
const SCHEMA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../dormouse-compare/schema/dormouse-compare-2.schema.json"
);

fn check(report: &Value) {
    let schema = read(Path::new(SCHEMA));
    let schema = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = schema
        .iter_errors(report)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn reports_are_of_the_schema() {
    check(&json(&format!("{QUICK} --json")));
    check(&json(
        "compare --json --workload sleep --n 4,8,16,32 --max-delay 0.001 --rounds 7 --modes join,spawn",
    ));
    check(&json(
        "compare --json --workload all --n 4 --rounds 1 --runtimes virtual",
    ));
    let failed = dormouse(&format!("{QUICK} --json --fault smol/join=crash"));
    assert_eq!(failed.status.code(), Some(1));
    check(&serde_json::from_slice(&failed.stdout).unwrap());
}

/// The negative control: the schema refuses a wrong report.
#[test]
#[should_panic(expected = "is not of type")]
fn the_schema_bites() {
    let mut report = json(&format!("{QUICK} --json"));
    report["sessions"][0]["rounds"] = "two".into();
    check(&report);
}

#[test]
fn each_export_goes_to_its_file_and_the_table_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let shown = printed(&format!(
        "{QUICK} --json {} --csv {} --markdown {} --html {}",
        file("r.json").display(),
        file("r.csv").display(),
        file("r.md").display(),
        file("r.html").display()
    ));
    assert!(shown.contains("join: all waits in one task"), "{shown}");
    let report = read(&file("r.json"));
    check(&report);
    let engines = array(&report["sessions"][0]["engines"]);

    let csv = fs::read_to_string(file("r.csv")).unwrap();
    let mut lines = csv::Reader::from_reader(csv.as_bytes());
    let header = lines.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    let records: Vec<_> = lines.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), engines.len() * 2, "a line a run");
    for engine in engines {
        for run in array(&engine["runs"]) {
            let record = records.iter().find(|record| {
                engine["engine"] == record[column("engine")]
                    && run["round"].as_u64() == record[column("round")].parse().ok()
            });
            let overhead: f64 = record.unwrap()[column("overhead_s")].parse().unwrap();
            assert_eq!(run["figures"]["overhead_s"], overhead);
        }
    }

    let markdown = fs::read_to_string(file("r.md")).unwrap();
    for name in ["smol", "smol again", "threads", "one thread"] {
        let row = markdown
            .lines()
            .find(|line| line.starts_with(&format!("| {name} ")));
        assert_eq!(
            row.map(|row| row.matches('|').count()),
            // The floor has no ratio to the reference.
            Some(if name == "one thread" { 11 } else { 12 }),
            "{name}: {markdown}"
        );
    }
    let leftover = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(leftover, 4, "nothing but the exports");
}

/// An export option without a file prints nothing but the export.
#[test]
fn an_export_without_a_file_is_all_that_is_printed() {
    assert!(printed(&format!("{QUICK} --csv")).starts_with("session,label,workload,engine,"));
    assert!(printed(&format!("{QUICK} --markdown")).starts_with("## "));
    let page = printed(&format!("{QUICK} --html"));
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    // The page loads nothing else.
    for reference in ["src=", "http-equiv", "@import", "url(", "<script"] {
        assert!(!page.contains(reference), "{reference}");
    }
}

#[test]
fn merged_reports_stand_apart() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (one, two, both) = (file("one.json"), file("two.json"), file("both.json"));
    printed(&format!("{QUICK} --label one --json {one}"));
    printed(&format!("{QUICK} --label two --json {two}"));
    let shown = printed(&format!("merge {one} {two} --json {both}"));
    let place = |label: &str| shown.lines().position(|line| line == label);
    assert!(place("one").unwrap() < place("two").unwrap(), "{shown}");
    let merged = read(Path::new(&both));
    check(&merged);
    let sessions = array(&merged["sessions"]);
    assert_eq!(sessions.len(), 2);
    // Each session is unchanged.
    assert_eq!(
        sessions[0]["engines"],
        read(Path::new(&one))["sessions"][0]["engines"]
    );
    assert_eq!(
        sessions[1]["engines"],
        read(Path::new(&two))["sessions"][0]["engines"]
    );
    // A merged report can be merged again.
    let again = json(&format!("merge {both} {one} --json"));
    assert_eq!(array(&again["sessions"]).len(), 3);
}

/// Two sessions that are one are both shown, and that is told.
#[test]
fn a_session_that_is_merged_twice_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (one, copy, other) = (file("one.json"), file("copy.json"), file("other.json"));
    printed(&format!("{QUICK} --json {one}"));
    printed(&format!("{QUICK} --json {other}"));
    fs::copy(&one, &copy).unwrap();
    let output = dormouse(&format!("merge {one} {other} {copy} --json"));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(array(&report["sessions"]).len(), 3);
    let said = format!(
        "warning: the session of {copy} is the same as that of {one}, and both are shown\n"
    );
    assert_eq!(text(&output.stderr), said);
    let output = dormouse(&format!("merge {one} {other}"));
    assert_eq!(text(&output.stderr), "");
}

/// The number of threads of a row that does not tell it is not 0.
#[test]
fn an_unknown_number_of_threads_is_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    printed(&format!("{QUICK} --json {}", path.display()));
    let mut report = read(&path);
    report["sessions"][0]["engines"][0]["threads"] = 0.into();
    fs::write(&path, report.to_string()).unwrap();
    let merge = |format: &str| printed(&format!("merge {} --{format}", path.display()));
    let markdown = merge("markdown");
    let row = markdown.lines().find(|line| line.starts_with("| smol "));
    let cells: Vec<&str> = row.unwrap().split('|').map(str::trim).collect();
    assert_eq!(cells[2], "-", "{markdown}");
    let csv = merge("csv");
    let mut lines = csv::Reader::from_reader(csv.as_bytes());
    let place = lines
        .headers()
        .unwrap()
        .iter()
        .position(|title| title == "threads");
    let line = lines.records().next().unwrap().unwrap();
    assert_eq!(&line[place.unwrap()], "", "{csv}");
}

#[test]
fn a_report_is_not_replaced_by_what_is_made_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one.json").display().to_string();
    printed(&format!("{QUICK} --json {one}"));
    let before = fs::read(&one).unwrap();
    for format in ["html", "csv", "markdown"] {
        let output = dormouse(&format!("merge {one} --{format} {one}"));
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("which is merged"));
    }
    assert_eq!(fs::read(&one).unwrap(), before);
    // A report may be replaced by a report.
    printed(&format!("merge {one} --json {one}"));
}

#[test]
fn a_report_of_another_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.json");
    for (report, words) in [
        (
            r#"{"schema":"dormouse-compare","schema_version":99}"#,
            "version 99",
        ),
        (
            r#"{"schema":"hyperfine","schema_version":1}"#,
            "schema hyperfine",
        ),
        (
            r#"{"schema":"dormouse-compare","schema_version":1}"#,
            "not a whole report",
        ),
        ("[]", "has the schema"),
    ] {
        fs::write(&path, report).unwrap();
        for command in ["merge", "compare --baseline"] {
            let output = dormouse(&format!("{command} {}", path.display()));
            let complaint = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{complaint}");
            assert!(complaint.contains(words), "{command}: {complaint}");
            assert_eq!(complaint.lines().count(), 1, "{complaint}");
        }
    }
}

/// A full disk loses the file, but not what was measured.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_loses_nothing() {
    let output = dormouse(&format!("{QUICK} --json /dev/full"));
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("cannot write /dev/full"), "{complaint}");
    assert!(
        text(&output.stdout).contains(" smol "),
        "the table is there"
    );

    let output = command(QUICK).stdout(full()).output().unwrap();
    let complaint = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    let (_, path) = complaint.trim_end().rsplit_once("measured is in ").unwrap();
    check(&read(Path::new(path)));
    fs::remove_file(path).unwrap();
}

/// A report that is truncated or corrupted is read or refused in one line.
#[test]
fn a_broken_report_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.json");
    let whole = printed(&format!("{QUICK} --json"));
    let mut random = 1_u64;
    for _ in 0..60 {
        // A simple generator is good enough to choose a place.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let place = (random >> 33) as usize % whole.len();
        let mut broken = whole.as_bytes()[..whole.len() - place % 7].to_vec();
        let place = place % broken.len();
        broken[place] = b"{}[],:\"x0"[(random >> 20) as usize % 9];
        fs::write(&path, &broken).unwrap();
        let output = dormouse(&format!("merge {} --csv", path.display()));
        let complaint = text(&output.stderr);
        match output.status.code() {
            Some(0) => {}
            status => {
                assert_eq!(status, Some(2), "{complaint}");
                assert_eq!(complaint.lines().count(), 1, "{complaint}");
            }
        }
    }
}

/// Each finished run is in the file before the next one begins, so a kill loses none of them.
#[test]
fn what_is_killed_leaves_its_finished_rounds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.json");
    let mut child =
        command("compare --workload sleep --n 5 --max-delay 0.001 --rounds 1000000 --modes join")
            .args(["--runtimes", "smol", "--json"])
            .arg(&path)
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
    let start = std::time::Instant::now();
    let runs = || fs::read_to_string(&path).map_or(0, |text| text.lines().count());
    while runs() < 10 {
        assert!(
            start.elapsed() < std::time::Duration::from_secs(60),
            "no journal"
        );
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // The file is a report at all times; its runs are put into their engines when it is read.
    check(&read(&path));
    let report = json(&format!("merge {} --json", path.display()));
    check(&report);
    let session = &report["sessions"][0];
    let rounds = session["rounds"].as_u64().unwrap();
    assert!(rounds > 0);
    for engine in array(&session["engines"]) {
        assert!(array(&engine["runs"]).len() as u64 >= rounds);
    }
    let warnings = array(&session["warnings"]);
    let ended = |warning: &Value| {
        warning
            .as_str()
            .unwrap()
            .contains("ended before its last round")
    };
    assert!(warnings.iter().any(ended), "{warnings:?}");
}
