//! Helpers that run the binary.

#![allow(dead_code)] // Each test uses some of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) const RUNTIMES: [&str; 8] = [
    "tokio",
    "tokio-time-only",
    "tokio-current-thread",
    "smol",
    "async-std",
    "futures",
    "threads",
    "virtual",
];

/// The runtimes that are compared by default.
pub(crate) fn compared() -> impl Iterator<Item = &'static str> {
    RUNTIMES.into_iter().filter(|name| *name != "virtual")
}

pub(crate) const MODES: [&str; 3] = ["join", "spawn", "coalesced"];

/// A quick comparison of two engines; the number of rounds or the time is to be added.
pub(crate) const QUICK: &str =
    "compare --workload sleep --runtimes tokio,smol --modes join --n 20 --max-delay 0.01";

pub(crate) fn command(args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dormouse"));
    command.args(args.split_whitespace());
    command
}

pub(crate) fn dormouse(args: &str) -> Output {
    command(args).output().expect("the binary starts")
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

/// What a successful command prints.
pub(crate) fn printed(args: &str) -> String {
    let output = dormouse(args);
    let complaint = text(&output.stderr);
    assert!(output.status.success(), "{args}: {complaint}");
    text(&output.stdout).to_owned()
}

pub(crate) fn json(args: &str) -> Value {
    serde_json::from_str(&printed(args)).expect("one JSON value")
}

/// The only session of what `compare --json` prints.
pub(crate) fn session(args: &str) -> Value {
    json(&format!("compare --json {args}"))["sessions"][0].take()
}

/// The report in a file.
pub(crate) fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("one JSON value")
}

const SCHEMA: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../dormouse-compare/schema/dormouse-compare-2.schema.json"
);

/// Checks that a report is of the schema.
pub(crate) fn check(report: &Value) {
    let schema = read(Path::new(SCHEMA));
    let schema = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = schema
        .iter_errors(report)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// How many rounds the only session of a report has.
pub(crate) fn rounds(report: &Value) -> u64 {
    report["sessions"][0]["rounds"].as_u64().expect("a number")
}

/// A file that nothing can be written to.
#[cfg(unix)]
pub(crate) fn full() -> fs::File {
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    full.expect("a device of the system")
}

pub(crate) fn array(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("{value} is no array"))
}

/// Copies the program by another process: if this one had it open for writing while another test
/// starts a process, that process would hold it open, too, and it could not be run.
pub(crate) fn copy_program(to: &Path) {
    let from = env!("CARGO_BIN_EXE_dormouse");
    let copied = Command::new("cp").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

/// A named pipe in this folder.
pub(crate) fn pipe(folder: &Path) -> PathBuf {
    let pipe = folder.join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    pipe
}

/// Starts the program; its output can be read later.
pub(crate) fn start(args: &str) -> Child {
    let mut command = command(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Sends a signal, such as `-TERM`.
pub(crate) fn send(signal: &str, to: &Child) {
    let id = to.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status().unwrap();
    assert!(sent.success());
}

/// Waits until a process ends by itself.
pub(crate) fn ends_within(limit: Duration, mut child: Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > limit {
            child.kill().unwrap();
            panic!("it is still there after {limit:?}");
        }
        thread::sleep(Duration::from_millis(50));
    }
}
