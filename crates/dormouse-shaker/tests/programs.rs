//! Runs the shaker as a user does: a dozen programs, and runtimes that are broken on purpose.

use std::process::{Command, Output};

#[test]
fn a_dozen_programs_are_clean() {
    let output = shaker(&["--programs", "12", "--seed", "1"]);
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn a_sleep_that_ends_early_is_found_and_cut_down() {
    finds("broken-early", "6", "is early by");
}

#[test]
fn an_abort_that_does_nothing_is_found() {
    finds("broken-deaf", "6", "fails");
}

#[test]
fn a_panic_that_ends_the_process_is_found() {
    finds("broken-brittle", "6", "the process is lost");
}

#[test]
fn a_wake_that_is_lost_is_found() {
    // Each of the smaller programs that are tried hangs, too.
    finds("broken-sleepy", "2", "the process hangs");
}

/// A seed gives one program, which is printed.
#[test]
fn a_program_can_be_shown() {
    let output = shaker(&["show", "--seed", "3"]);
    assert!(output.status.success() && text(&output).starts_with("block_on {"));
}

fn finds(runtime: &str, limit: &str, words: &str) {
    let output = shaker(&[
        "--programs",
        "12",
        "--seed",
        "1",
        "--failures",
        "1",
        "--limit",
        limit,
        "--runtime",
        runtime,
    ]);
    assert!(!output.status.success(), "{}", text(&output));
    assert!(text(&output).contains(words), "{}", text(&output));
}

fn shaker(args: &[&str]) -> Output {
    let mut shaker = Command::new(env!("CARGO_BIN_EXE_shaker"));
    shaker.args(args).output().expect("it starts")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
