//! `dormouse merge`: what it shows, and what it refuses.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{QUICK, array, check, command, dormouse, json, printed, read, text};

mod program;

#[test]
fn merged_reports_stand_apart() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (one, two, both) = (file("one.json"), file("two.json"), file("both.json"));
    printed(&format!("{QUICK} --rounds 1 --label one --json {one}"));
    printed(&format!("{QUICK} --rounds 1 --label two --json {two}"));
    let shown = printed(&format!("merge {one} {two} --json {both}"));
    // What is told to do is told in options, as by the comparison itself.
    let told = shown.matches("Ask for `--rounds 12` or more.").count();
    assert_eq!(told, 2, "{shown}");
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
    printed(&format!("{QUICK} --rounds 1 --json {one}"));
    printed(&format!("{QUICK} --rounds 1 --json {other}"));
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

/// However many files are the same, that is one line.
#[test]
fn many_files_that_are_the_same_are_one_warning() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one.json").display().to_string();
    printed(&format!("{QUICK} --rounds 1 --json {one}"));
    let output = dormouse(&format!("merge{} --json", format!(" {one}").repeat(30)));
    let said = format!(
        "warning: 29 sessions are the same as others, such as that of {one} as that of {one}, and all \
         are shown\n"
    );
    assert_eq!(text(&output.stderr), said);
}

#[cfg(unix)]
#[test]
fn a_report_is_read_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one.json");
    printed(&format!("{QUICK} --rounds 1 --json {}", one.display()));
    let from = |name: &Path| {
        let file = fs::File::open(name).unwrap();
        command("merge - --json").stdin(file).output().unwrap()
    };
    let merged: Value = serde_json::from_slice(&from(&one).stdout).unwrap();
    assert_eq!(array(&merged["sessions"]).len(), 1);
    let refused = from(Path::new("/dev/null"));
    let complaint = text(&refused.stderr);
    assert!(
        complaint.contains("standard input is not JSON"),
        "{complaint}"
    );
}

#[test]
fn a_report_is_not_replaced_by_what_is_made_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one.json").display().to_string();
    printed(&format!("{QUICK} --rounds 1 --json {one}"));
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

/// A report that is truncated or corrupted is read or refused in one line.
#[test]
fn a_broken_report_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.json");
    let whole = printed(&format!("{QUICK} --rounds 1 --json"));
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

/// What follows a report is not lost without a word: neither another report nor a line of anything.
#[cfg(unix)]
#[test]
fn text_behind_a_report_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (one, both) = (file("one.json"), file("both.json"));
    printed(&format!("{QUICK} --rounds 1 --json {}", one.display()));
    let report = fs::read_to_string(&one).unwrap();
    // A comparison that was killed leaves its runs open.
    let head = report.trim_end().strip_suffix('}').unwrap();
    let journal = format!("{head},\"unfinished\":[\n]}}\n");
    for first in [&report, &journal] {
        for rest in [report.as_str(), &journal, "garbage\n", "garbage\n\n", "}\n"] {
            if first == &journal && !rest.starts_with('{') {
                // It may be of the final report, which was being written.
                continue;
            }
            fs::write(&both, format!("{first}{rest}")).unwrap();
            let stdin = fs::File::open(&both).unwrap();
            let output = command("merge - --json -").stdin(stdin).output().unwrap();
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert_eq!(text(&output.stdout), "");
            let words = "standard input goes on after its first report";
            assert!(said.contains(words), "{said}");
            assert!(said.ends_with(": give each report as a file of its own\n"));
        }
    }
}

/// Editors and shells of Windows write such files.
#[test]
fn a_mark_before_utf8_is_skipped_and_utf16_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    printed(&format!("{QUICK} --rounds 1 --json {}", path.display()));
    let report = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("\u{FEFF}{report}")).unwrap();
    printed(&format!("merge {}", path.display()));
    let wide = report.encode_utf16().flat_map(u16::to_le_bytes);
    fs::write(
        &path,
        [0xFF, 0xFE].into_iter().chain(wide).collect::<Vec<u8>>(),
    )
    .unwrap();
    let output = dormouse(&format!("merge {}", path.display()));
    let said = format!(
        "dormouse: {} is UTF-16, and a report is UTF-8: save it as UTF-8\n",
        path.display()
    );
    assert_eq!(text(&output.stderr), said);
    assert_eq!(output.status.code(), Some(2));
}
