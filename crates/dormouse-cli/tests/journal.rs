//! What becomes of the files of a session: on a full disk, after a kill, beside another session.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::program::{QUICK, array, command, dormouse, printed, read, rounds, send, start, text};

mod program;

/// A file that is full has all runs that fit, and can be read. What is beyond them would be in a
/// temporary file, which is full too.
#[test]
fn a_full_file_has_the_runs_that_fit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let program = env!("CARGO_BIN_EXE_dormouse");
    for limit in [8, 9, 10, 11] {
        let script = format!(
            "ulimit -f {limit}; exec {program} {QUICK} --rounds 9 --json {}",
            path.display()
        );
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let journal = fs::read_to_string(&path).unwrap();
        let runs = journal.matches("\"round\":").count();
        let tells =
            format!("the JSON file has the first {runs} of 36 runs, and `dormouse merge` reads it");
        assert!(runs > 2 && said.contains(&tells), "{said}");
        assert_eq!(array(&read(&path)["unfinished"]).len(), runs);
        let merged = printed(&format!("merge {} --csv", path.display()));
        assert_eq!(merged.lines().count(), 1 + runs);
        fs::remove_file(&path).unwrap();
    }
}

/// A file that has no room for what is to replace it stays as it was.
#[test]
fn a_file_that_cannot_grow_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (json, csv) = (folder.path().join("r.json"), folder.path().join("r.csv"));
    printed(&format!("{QUICK} --rounds 2 --json {}", json.display()));
    fs::write(&csv, "precious").unwrap();
    let merge = format!(
        "ulimit -f 1; exec {} merge {} --csv {}",
        env!("CARGO_BIN_EXE_dormouse"),
        json.display(),
        csv.display()
    );
    let output = Command::new("sh").args(["-c", &merge]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(&csv).unwrap(), "precious");
    // A file that was not there is not there.
    fs::remove_file(&csv).unwrap();
    let output = Command::new("sh").args(["-c", &merge]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(!csv.exists());
}

/// A kill or a full disk may cut a file within a run: the runs before it can be read.
#[test]
fn a_file_that_ends_within_a_run_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let mut child = endless(&path);
    child.kill().unwrap();
    child.wait().unwrap();
    let journal = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = journal.lines().take(6).collect();
    let whole = lines[..5].join("\n");
    let run = lines[5];
    for (cut, runs) in [
        (format!("{whole}\n{}", &run[..run.len() / 2]), 4),
        (format!("{whole}\n"), 4),
        (format!("{whole}\n{run}"), 5),
        (format!("{whole}\n{}]", &run[..run.len() - 1]), 5),
        // The final report had begun to grow behind the tail.
        (
            format!("{}]}}\n\"summary\":[]}}]}}\n", &whole[..whole.len() - 1]),
            4,
        ),
        (format!("{}\n", lines[0]), 0),
    ] {
        fs::write(&path, &cut).unwrap();
        let merged = printed(&format!("merge {} --csv", path.display()));
        assert_eq!(merged.lines().count(), 1 + runs, "{cut}");
    }
}

/// A file to which a session appends its runs is refused to another; after a kill it is free.
#[test]
fn one_file_of_two_sessions_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let mut first = endless(&path);
    let earlier = folder.path().join("earlier.json");
    fs::copy(&path, &earlier).unwrap();
    let merge = format!("merge {} --csv", earlier.display());
    let saves = format!("{QUICK} --save-baseline");
    let merges = format!("merge {} --json", earlier.display());
    for args in [&format!("{QUICK} --json"), &merges, &merge, &saves] {
        let output = dormouse(&format!("{args} {}", path.display()));
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(
            complaint.contains("another session writes to"),
            "{complaint}"
        );
        assert!(
            complaint.contains("r.json: give another file"),
            "{complaint}"
        );
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
    }
    first.kill().unwrap();
    first.wait().unwrap();
    printed(&format!("merge {}", path.display()));
    printed(&format!("{QUICK} --rounds 1 --json {}", path.display()));
    assert_eq!(rounds(&read(&path)), 1);
}

/// What ends early leaves no empty file in place of a baseline.
#[test]
fn an_interrupted_session_leaves_no_empty_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.json");
    for (signal, status) in [("-INT", Some(130)), ("-KILL", None)] {
        let child = command(QUICK)
            .args(["--rounds", "100000", "--save-baseline"])
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_secs(1));
        send(signal, &child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), status);
        assert!(!path.exists(), "{signal}");
        let said = text(&output.stderr);
        assert!(
            status.is_none() || said.contains("b.json is not written"),
            "{said}"
        );
    }
}

/// A session that goes on, and has appended some runs to its file.
fn endless(path: &Path) -> Child {
    let child = command(&format!("{QUICK} --rounds 1000000 --json"))
        .arg(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while fs::read_to_string(path).map_or(0, |text| text.lines().count()) < 10 {
        thread::sleep(Duration::from_millis(20));
    }
    child
}

/// As by Ctrl-Z and `fg`: the run of that time says nothing, and is made again.
#[test]
fn a_comparison_that_was_stopped_says_so() {
    let args =
        "compare --runtimes smol --workload sleep --modes join --n 10 --max-delay 1 --rounds 2";
    let child = start(args);
    thread::sleep(Duration::from_millis(700));
    send("-STOP", &child);
    thread::sleep(Duration::from_millis(2_500));
    send("-CONT", &child);
    let output = child.wait_with_output().unwrap();
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("warning: the comparison stood still"),
        "{said}"
    );
}

/// A session that was ended before its first run says so, and says it once, however often it is read.
#[test]
fn a_session_without_a_run_was_ended() {
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (
        folder.path().join("r.json"),
        folder.path().join("again.json"),
    );
    let mut first = endless(&path);
    first.kill().unwrap();
    first.wait().unwrap();
    let whole = fs::read_to_string(&path).unwrap();
    let begin = whole.find("\"unfinished\":[").unwrap();
    fs::write(&path, format!("{}\"unfinished\":[]}}", &whole[..begin])).unwrap();
    for file in [&path, &again] {
        printed(&format!(
            "merge {} --json {}",
            file.display(),
            again.display()
        ));
        let merged = read(&again);
        let warnings = array(&merged["sessions"][0]["warnings"]);
        let ended = warnings
            .iter()
            .filter(|it| it.as_str().unwrap().contains("was ended before"));
        assert_eq!(ended.count(), 1, "{warnings:?}");
    }
}
