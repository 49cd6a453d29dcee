//! A comparison that is told to end, or whose program is replaced while it runs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::program::{QUICK, command, copy_program, ends_within, pipe, rounds, send, start, text};

/// Other signals end a comparison as Ctrl-C does: its results are printed and written.
#[test]
fn a_signal_ends_it_with_what_it_has() {
    let signals = [
        ("-TERM", 143),
        ("-INT", 130),
        ("-HUP", 129),
        ("-QUIT", 131),
        ("-USR1", 128 + signal_hook::consts::SIGUSR1),
        ("-ALRM", 142),
    ];
    for (signal, status) in signals {
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

/// Whether SIGHUP, the lowest bit of the mask, is ignored: `nohup` sets this, and a child inherits it.
fn hangups_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 == 1)
}
