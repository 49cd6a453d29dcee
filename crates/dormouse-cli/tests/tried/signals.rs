//! Signals that are ignored or come again, and a coordinator that is killed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::program::{QUICK, command, ends_within, pipe, send};

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

/// Some programs that start others ignore SIGCHLD, and a child inherits this: no run fails by it.
#[cfg(target_os = "linux")]
#[test]
fn the_end_of_a_run_is_seen_where_it_was_ignored() {
    let output = Command::new("env")
        .args(["--ignore-signal=CHLD", env!("CARGO_BIN_EXE_dormouse")])
        .args(format!("{QUICK} --rounds 1").split_whitespace())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
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

/// Nor a peer in another language: here a `python3` that goes on.
#[cfg(target_os = "linux")]
#[test]
fn a_script_does_not_outlive_its_coordinator() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let (python, id) = (folder.path().join("python3"), folder.path().join("id"));
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = -c ]; then echo 3.0; exit; fi\necho $$ > {0}.new\nmv {0}.new {0}\n\
         exec sleep 100\n",
        id.display()
    );
    fs::write(&python, script).unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut child = command(
        "compare --workload sleep --runtimes smol --modes spawn --n 1 --max-delay 0.001 --peers",
    )
    .env("PATH", format!("{}:{path}", folder.path().display()))
    .env("TMPDIR", folder.path())
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .unwrap();
    let begun = Instant::now();
    while !id.exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "no script runs");
        thread::sleep(Duration::from_millis(50));
    }
    let script = Path::new("/proc").join(fs::read_to_string(&id).unwrap().trim());
    assert!(script.join("exe").exists(), "{}", script.display());
    child.kill().unwrap();
    child.wait().unwrap();
    thread::sleep(Duration::from_secs(1));
    assert!(fs::read_link(script.join("exe")).is_err(), "it lives on");
}
