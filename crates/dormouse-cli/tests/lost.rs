//! Nothing that was measured is lost, whatever happens to the output: full streams, signals, files of
//! all kinds, names that are not UTF-8, a program that is replaced while it runs.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{
    QUICK, array, command, copy_program, dormouse, ends_within, full, pipe, printed, read, rounds,
    send, start, text,
};

mod program;

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_error_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (json, html) = (folder.path().join("l.json"), folder.path().join("l.html"));
    let args = format!(
        "{QUICK} --rounds 1 --json {} --html {}",
        json.display(),
        html.display()
    );
    let output = command(&args).stderr(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert_eq!(rounds(&read(&json)), 1);
    assert!(fs::read_to_string(html).unwrap().contains("</html>"));

    let bad = command("wait-n abc").stderr(full()).output().unwrap();
    assert_eq!(bad.status.code(), Some(2));
}

#[test]
fn names_that_are_no_text_are_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(OsStr::from_bytes(b"b\xff.json"));
    let run = |option: &str| {
        let output = command(&format!("{QUICK} --rounds 1"))
            .arg(option)
            .arg(&path)
            .output()
            .unwrap();
        assert_eq!(
            output.status.code(),
            Some(0),
            "{option}: {}",
            text(&output.stderr)
        );
    };
    run("--save-baseline");
    run("--baseline");
    fs::remove_file(&path).unwrap();
    run("--json");
    assert_eq!(rounds(&read(&path)), 1);
    let merged = command("merge").arg(&path).output().unwrap();
    assert!(merged.status.success(), "{}", text(&merged.stderr));
}

#[test]
fn a_file_that_cannot_be_written_is_found_before_the_first_run() {
    for option in ["--json", "--html", "--csv", "--markdown", "--save-baseline"] {
        for path in ["/nonexistent/r", "/"] {
            let start = Instant::now();
            let output = dormouse(&format!("{QUICK} --rounds 1000 {option} {path}"));
            let complaint = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{complaint}");
            assert!(
                complaint.contains(&format!("cannot write {path}")),
                "{complaint}"
            );
            assert_eq!(complaint.lines().count(), 1, "{complaint}");
            assert!(start.elapsed() < Duration::from_secs(10));
        }
    }
}

/// SIGTERM and SIGHUP end a comparison as Ctrl-C does: its results are printed and written.
#[test]
fn a_signal_ends_it_with_what_it_has() {
    for (signal, status) in [("-TERM", 143), ("-INT", 130), ("-HUP", 129)] {
        if signal == "-HUP" && hangups_are_ignored() {
            println!("skipped: these tests run under nohup, and a comparison goes on there");
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let html = folder.path().join("r.html");
        let args = format!("{QUICK} --rounds 100000 --html {}", html.display());
        let child = start(&args);
        thread::sleep(Duration::from_secs(2));
        send(signal, &child);
        let output = child.wait_with_output().unwrap();
        let shown = text(&output.stdout);
        assert_eq!(output.status.code(), Some(status), "{signal}: {shown}");
        assert!(shown.contains(" smol "), "{signal}: {shown}");
        assert!(
            fs::read_to_string(html).unwrap().contains("</html>"),
            "{signal}"
        );
    }
}

/// One signal is enough, even if the results can't be written, because nobody reads the pipe.
#[test]
fn a_signal_ends_a_command_that_waits_for_a_reader() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = pipe(folder.path());
    let mut child = command(&format!("{QUICK} --rounds 1 --json {}", pipe.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(4));
    assert!(child.try_wait().unwrap().is_none(), "nothing to wait for");
    send("-TERM", &child);
    let status = ends_within(Duration::from_secs(60), child);
    assert_eq!(status.code(), Some(143));
}

/// Whether SIGHUP, the lowest bit of the mask, is ignored: `nohup` sets this, and a child inherits it.
fn hangups_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}

/// `cargo build` during a comparison replaces the program; all runs still use the original one.
#[cfg(target_os = "linux")]
#[test]
fn a_program_that_is_replaced_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("dormouse");
    copy_program(&program);
    let child = Command::new(&program)
        .args(format!("{QUICK} --time-budget 4 --json").split_whitespace())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(1));
    fs::remove_file(&program).unwrap();
    fs::write(&program, "#!/bin/sh\nexit 1\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(rounds(&report) > 1);
}

#[test]
fn a_file_keeps_its_mode_and_its_links() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("r.json"), folder.path().join("l.json"));
    fs::write(&file, "x".repeat(1 << 20)).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&file, &link).unwrap();
    let before = fs::metadata(&file).unwrap().ino();
    printed(&format!("{QUICK} --rounds 1 --json {}", link.display()));
    let after = fs::metadata(&file).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!((after.ino(), after.mode() & 0o777), (before, 0o640));
    assert_eq!(rounds(&read(&link)), 1);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "nothing beside it"
    );
}

#[test]
fn a_pipe_gets_one_report() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = pipe(folder.path());
    let reader = Command::new("cat")
        .arg(&pipe)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    printed(&format!("{QUICK} --rounds 2 --json {}", pipe.display()));
    let report = reader.wait_with_output().unwrap().stdout;
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(rounds(&report), 2);
}

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

#[test]
fn a_typo_is_answered_with_what_was_meant() {
    for (args, meant) in [
        ("comapre", "`compare`"),
        ("compare --runtime tokio", "--runtimes"),
        ("compare --runtimes tokyo", "did you mean tokio?"),
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
