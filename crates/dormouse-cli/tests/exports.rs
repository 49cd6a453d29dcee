//! The exports of `compare` and `merge`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{array, check, command, dormouse, full, json, printed, read, text};

mod program;

const QUICK: &str = "compare --workload sleep --n 20 --max-delay 0.005 --rounds 2 --modes join --runtimes smol,threads";

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
