//! What a comparison writes to: full streams, files of all kinds, names that are not UTF-8, pipes.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{QUICK, command, dormouse, full, pipe, printed, read, rounds, text};

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

/// If several files can't be written, each is named, with the command that makes them of the report.
#[cfg(target_os = "linux")]
#[test]
fn each_file_that_is_lost_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &str| {
        let mut command = command(&format!("{QUICK} --rounds 1 {args}"));
        let output = command.env("TMPDIR", folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains(" smol "));
        let said = text(&output.stderr).lines().last().unwrap().to_owned();
        assert!(
            said.starts_with("dormouse: cannot write /dev/full: No space"),
            "{said}"
        );
        said
    };
    // No file has the report: it is saved in another one.
    let said = run("--json /dev/full --html /dev/full --csv /dev/full");
    assert_eq!(said.matches("cannot write /dev/full").count(), 3, "{said}");
    let saved = fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let saved = saved.display();
    let rest = format!(
        "what was measured is in {saved}, and `dormouse merge {saved} --csv FILE --html FILE` makes \
         the rest of it"
    );
    assert!(said.ends_with(&rest), "{said}");
    printed(&format!("merge {saved} --html /dev/null"));
    // The JSON file has it.
    let json = folder.path().join("r.json");
    let json = json.display();
    let said = run(&format!("--json {json} --html /dev/full"));
    let rest = format!(
        "what was measured is in {json}, and `dormouse merge {json} --html FILE` makes the rest of it"
    );
    assert!(said.ends_with(&rest), "{said}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// So are standard output and the baseline, and what was measured is saved once.
#[cfg(target_os = "linux")]
#[test]
fn all_that_is_lost_is_named_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let json = folder.path().join("r.json");
    printed(&format!("{QUICK} --rounds 1 --json {}", json.display()));
    let saved = || fs::read_dir(folder.path()).unwrap().count() - 1;
    let run = |args: &str, words: &[&str]| {
        let mut command = command(args);
        command.env("TMPDIR", folder.path()).stdout(full());
        let output = command.output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert_eq!(said.matches("what was measured is").count(), 1, "{said}");
        let line = said.lines().last().unwrap();
        for word in words {
            assert!(line.contains(word), "{word}: {said}");
        }
        line.to_owned()
    };
    let no_results = "cannot write the results: No space";
    let no_file = "cannot write /dev/full: No space";
    let line = run(
        &format!("{QUICK} --rounds 1 --html /dev/full --save-baseline /dev/full"),
        &[no_results, no_file, "--html FILE` makes the rest"],
    );
    assert_eq!(line.matches(no_file).count(), 2, "{line}");
    assert_eq!(saved(), 1);
    let merge = format!("merge {} --html /dev/full", json.display());
    run(
        &merge,
        &[no_results, no_file, "--html FILE` makes the rest"],
    );
    assert_eq!(saved(), 2);
    // The JSON file has it.
    let other = folder.path().join("other.json");
    let line = run(
        &format!("{QUICK} --rounds 1 --json {}", other.display()),
        &[no_results],
    );
    let words = format!("what was measured is in {}", other.display());
    assert!(line.ends_with(&words), "{line}");
    assert_eq!(saved(), 3);
}

#[test]
fn a_folder_for_scripts_that_cannot_be_made_is_named() {
    let mut command = command(&format!("{QUICK} --rounds 1 --peers"));
    let output = command.env("TMPDIR", "/nonexistent").output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("cannot make a folder in /nonexistent"),
        "{said}"
    );
    assert!(
        said.ends_with(": set `TMPDIR` to a folder that can be written\n"),
        "{said}"
    );
}
