//! Regression tests: two exports to one file, files that may not grow, signals that are ignored or come
//! again, coordinators that are killed, files that are not reports.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::program::{
    QUICK, command, copy_program, dormouse, ends_within, full, pipe, printed, read, rounds, send,
    text,
};

mod program;

/// Two exports to one file are refused whatever its paths: the later would overwrite the earlier.
#[test]
fn one_file_by_two_names_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name).display().to_string();
    fs::write(here("r"), "").unwrap();
    symlink(here("r"), here("link")).unwrap();
    fs::hard_link(here("r"), here("hard")).unwrap();
    for other in ["./r", "link", "hard"] {
        let args = format!(
            "{QUICK} --rounds 1 --json {} --html {}",
            here("r"),
            here(other)
        );
        let output = dormouse(&args);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{other}: {complaint}");
        assert!(complaint.contains("a file of its own"), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
    }
    // A character device is no such file.
    printed(&format!(
        "{QUICK} --rounds 1 --json /dev/null --html /dev/null"
    ));
}

/// An export must not overwrite the baseline.
#[test]
fn a_baseline_is_not_exported_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.json").display().to_string();
    printed(&format!("{QUICK} --rounds 1 --save-baseline {path}"));
    let before = fs::read(&path).unwrap();
    let output = dormouse(&format!(
        "{QUICK} --rounds 1 --baseline {path} --json {path}"
    ));
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn what_was_made_to_try_it_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.json");
    let args = format!(
        "{QUICK} --rounds 1 --json {} --html /nonexistent/r",
        path.display()
    );
    assert_eq!(dormouse(&args).status.code(), Some(2));
    assert!(!path.exists());
}

/// Root may write anywhere, so root runs the command as the user nobody.
#[test]
fn a_file_in_a_folder_without_write_permission_is_written_in_place() {
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65534;
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let program = folder.path().join("dormouse");
    copy_program(&program);
    let path = folder.path().join("r.json");
    fs::write(&path, "x".repeat(1 << 20)).unwrap();
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = Command::new(&program);
    if is_root {
        std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        command.uid(NOBODY).gid(NOBODY);
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let output = command
        .current_dir("/")
        .args(format!("{QUICK} --rounds 2 --json {}", path.display()).split_whitespace())
        .output()
        .unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(rounds(&read(&path)), 2);
}

/// A mount point can't be replaced by another file. Needs root.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_a_mount_is_written_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let (file, mount) = (folder.path().join("r.json"), folder.path().join("m.json"));
    fs::write(&file, "").unwrap();
    fs::write(&mount, "").unwrap();
    let bound = Command::new("mount")
        .arg("--bind")
        .args([&file, &mount])
        .output();
    if !bound.is_ok_and(|bound| bound.status.success()) {
        println!("passed over: nothing can be mounted here");
        return;
    }
    let output = dormouse(&format!("{QUICK} --rounds 1 --json {}", mount.display()));
    let unbound = Command::new("umount").arg(&mount).status().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(unbound.success());
    assert_eq!(rounds(&read(&file)), 1);
}

/// With a limit on the size of files, the command reports the error and prints its table: it is not
/// ended by the signal that the system sends.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow_is_an_error_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let program = env!("CARGO_BIN_EXE_dormouse");
    let script = format!(
        "ulimit -f 4; exec {program} {QUICK} --rounds 3 --json {}",
        path.display()
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("File too large"), "{said}");
    assert!(text(&output.stdout).contains(" smol "), "{said}");
}

/// A comparison under `nohup` ignores SIGHUP.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_ignored_stays_so() {
    let program = env!("CARGO_BIN_EXE_dormouse");
    let script = format!("trap '' HUP; exec {program} {QUICK} --time-budget 3");
    let child = Command::new("bash")
        .args(["-c", &script])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(1));
    send("-HUP", &child);
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

/// A second signal ends a command that is blocked on a pipe that nobody reads.
#[test]
fn a_second_signal_ends_what_waits_for_a_reader() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = pipe(folder.path());
    let child = command(&format!("{QUICK} --rounds 1 --html {}", pipe.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_secs(3));
    send("-INT", &child);
    thread::sleep(Duration::from_secs(3));
    send("-INT", &child);
    // The first one alone would end it 10 s after it came.
    let status = ends_within(Duration::from_secs(5), child);
    assert_eq!(status.code(), Some(130));
}

/// A coordinator that is killed leaves no worker behind.
#[cfg(target_os = "linux")]
#[test]
fn a_worker_does_not_outlive_its_coordinator() {
    let mut child = command(
        "compare --workload sleep --runtimes smol --modes join --n 1 --max-delay 100 --seed 1",
    )
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .unwrap();
    thread::sleep(Duration::from_secs(2));
    let children = format!("/proc/{0}/task/{0}/children", child.id());
    let worker = fs::read_to_string(children).unwrap().trim().to_owned();
    let worker = Path::new("/proc").join(worker);
    assert!(worker.join("exe").exists(), "{}", worker.display());
    child.kill().unwrap();
    child.wait().unwrap();
    thread::sleep(Duration::from_secs(1));
    // A zombie has no program.
    assert!(fs::read_link(worker.join("exe")).is_err(), "it lives on");
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_could_not_be_written_is_no_success() {
    for args in ["--help", "--version", "compare --help"] {
        let output = command(args).stdout(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args}");
    }
}

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

/// A mode that only one of the workloads has which nobody named.
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
