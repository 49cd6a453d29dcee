//! The binary, run as its users run it.

#![allow(dead_code)] // Each test uses some of it.

use std::process::{Command, Output};

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

/// Those that are compared where none are named.
pub(crate) fn compared() -> impl Iterator<Item = &'static str> {
    RUNTIMES.into_iter().filter(|name| *name != "virtual")
}

pub(crate) const MODES: [&str; 3] = ["join", "spawn", "coalesced"];

pub(crate) fn dormouse(args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dormouse"))
        .args(args.split_whitespace())
        .output()
        .expect("the binary starts")
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

/// What it prints where it ends well.
pub(crate) fn printed(args: &str) -> String {
    let output = dormouse(args);
    let complaint = text(&output.stderr);
    assert!(output.status.success(), "{args}: {complaint}");
    text(&output.stdout).to_owned()
}

pub(crate) fn json(args: &str) -> Value {
    serde_json::from_str(&printed(args)).expect("one JSON value")
}

/// The one session of what `compare --json` prints.
pub(crate) fn session(args: &str) -> Value {
    json(&format!("compare --json {args}"))["sessions"][0].take()
}

pub(crate) fn array(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("{value} is no array"))
}
