//! The commands, run as users run them.

use std::io::{BufRead, BufReader, Read};

use serde_json::Value;

use crate::program::{MODES, RUNTIMES, command, dormouse, json, start, text};

mod program;

/// Bad input gives one line that names the value and the remedy, status 2, and no other effect.
#[test]
fn bad_input_is_one_clear_line() {
    for (args, value, remedy) in [
        ("wait-n -1", "'-1'", "0 or more"),
        ("wait-n abc", "'abc'", "whole number of waits"),
        ("wait-n 1.5", "'1.5'", "whole number of waits"),
        ("wait-n 5 abc", "'abc'", "such as 10 or 0.25"),
        ("wait-n 5 nan", "NaN", "give seconds from 0 to"),
        ("wait-n 5 -1", "-1 s", "give seconds from 0 to"),
        ("wait-n 5 inf", "inf s", "give seconds from 0 to"),
        ("wait-random 1e300", "1e300 s", "give seconds from 0 to"),
        ("wait-n 1000000000000", "1000000000000 waits", "or fewer"),
        ("measure-time 0", "0 waits", "at least 1"),
        ("wait-n 1 --runtime nope", "'nope'", "tokio, "),
        ("wait-n 1 --mode nope", "'nope'", "join, spawn, coalesced"),
        (
            "wait-n 1 --mode native",
            "'native'",
            "join, spawn, coalesced",
        ),
        (
            "compare --modes nope",
            "'nope'",
            "join, spawn, native, coalesced",
        ),
        ("wait-n 1 --seed -7", "'-7'", "whole number from 0"),
        ("wait-n 1 --threads 0", "'0'", "1 or more"),
        (
            "wait-n 1 --threads 2 --runtime tokio-current-thread",
            "`--threads 2`",
            "leave it out",
        ),
        ("wait-n", "<N>", "(try `dormouse wait-n --help`)"),
        ("nap", "'nap'", "(try `dormouse --help`)"),
        ("--nap", "'--nap'", "(try `dormouse --help`)"),
        (
            "wait-n 99999999999999999999",
            "'99999999999999999999'",
            "give 18446744073709551615 waits or fewer",
        ),
        ("compare --n 0", "'0'", "1 or more"),
        ("compare --n -1", "'-1'", "1 or more"),
        ("compare --n=", "''", "1 or more"),
        (
            "compare --n 5,99999999999999999999",
            "'99999999999999999999'",
            "give 18446744073709551615 waits or fewer",
        ),
        (
            "compare --time-budget 1e30",
            "'1e30'",
            "give 18446744073 seconds or fewer",
        ),
        ("compare --limit inf", "'inf'", "seconds or fewer"),
        ("compare --chunk 1e11", "'1e11'", "seconds or fewer"),
        ("compare --workload nap", "'nap'", "ping-pong"),
        (
            "compare --runtimes smol,virtual",
            "virtual time is not comparable with that of smol",
            "compare virtual alone",
        ),
        ("compare --workload load --modes join", "load", "native"),
        ("compare --n 10,x", "'x'", "1 or more"),
        (
            "compare --n 1000000000000",
            "1000000000000 waits",
            "or fewer",
        ),
        ("compare --rounds 0", "'0'", "1 or more"),
        ("compare --time-budget 0", "'0'", "above 0"),
        (
            "compare --rounds 3 --time-budget 9",
            "--time-budget",
            "(try `dormouse compare --help`)",
        ),
        ("compare --fail-on-regression 5%", "--baseline", "--help"),
        (
            "compare --baseline b --fail-on-regression -3",
            "'-3'",
            "from 0",
        ),
        (
            "compare --baseline nowhere.json",
            "nowhere.json",
            "cannot read",
        ),
        ("compare --json --csv", "`--csv`", "a file of its own"),
        ("compare --json r --html r", "`--html`", "a file of its own"),
        (
            "compare --reference smol --runtimes tokio",
            "smol",
            "`--runtimes`",
        ),
        ("merge", "<FILES>", "(try `dormouse merge --help`)"),
        ("merge nowhere.json", "nowhere.json", "cannot read"),
        (
            "merge Cargo.toml",
            "Cargo.toml is not JSON",
            "compare --json",
        ),
        ("compare --runtimes tokio,nope", "'nope'", "smol"),
    ] {
        let output = dormouse(args);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args}: {complaint}");
        assert!(output.stdout.is_empty(), "{args}");
        assert_eq!(complaint.lines().count(), 1, "{args}: {complaint}");
        assert!(complaint.contains(value), "{args}: {complaint}");
        assert!(complaint.contains(remedy), "{args}: {complaint}");
    }
}

/// A value that must be text is named with its option, and not a name of a file beside it.
#[cfg(unix)]
#[test]
fn what_should_be_text_is_named() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    for option in ["--label", "--runtimes", "--n", "--workload", "--seed"] {
        let output = command("compare --json")
            .arg(OsStr::from_bytes(b"b\xff.json"))
            .args([OsStr::new(option), OsStr::from_bytes(b"x\xff")])
            .output()
            .unwrap();
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        let named = format!("invalid value 'x\u{fffd}' for '{option} <");
        assert!(complaint.contains(&named), "{complaint}");
        assert!(complaint.contains("not UTF-8"), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
    }
}

#[test]
fn one_seed_is_one_list_on_every_runtime_and_in_every_mode() {
    let list = |runtime: &str, mode: &str| {
        let output = dormouse(&format!(
            "wait-n 200 0.02 --seed 7 --runtime {runtime} --mode {mode}"
        ));
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).to_owned()
    };
    let first = list("tokio", "join");
    let delays: Vec<f64> = first.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(delays.len(), 200);
    assert!(delays.is_sorted());
    assert!(delays.iter().all(|delay| (0.0..=0.02).contains(delay)));
    for runtime in RUNTIMES {
        for mode in MODES {
            assert_eq!(list(runtime, mode), first, "{runtime} in mode {mode}");
        }
    }
}

#[test]
fn wait_n_as_json_has_every_figure() {
    for mode in MODES {
        let waits = json(&format!(
            "wait-n 50 0.02 --json --seed 3 --mode {mode} --threads 2"
        ));
        assert_eq!(waits["mode"], mode);
        assert_eq!(waits["n"], 50);
        assert_eq!(waits["seed"], 3);
        assert_eq!(waits["threads"], 2);
        assert_eq!(waits["max_delay_s"], 0.02);
        let figure = |name: &str| waits[name].as_f64().unwrap_or_else(|| panic!("no {name}"));
        let largest = waits["delays_s"][49].as_f64().unwrap();
        assert!(figure("total_s") >= largest);
        assert!((figure("overhead_s") - (figure("total_s") - largest)).abs() < 1e-12);
        assert!((figure("per_wait_s") - figure("total_s") / 50.0).abs() < 1e-12);
        assert!(figure("cpu_s") > 0.0);
        assert!(figure("peak_rss_bytes") > 100_000.0);
    }
    let bare = json("wait-n 5 0.01 --json --no-delays");
    assert!(bare.get("delays_s").is_none());
}

#[test]
fn no_waits_are_an_empty_list() {
    let output = dormouse("wait-n 0");
    assert!(output.status.success() && output.stdout.is_empty());
    let waits = json("wait-n 0 --json");
    assert_eq!(waits["delays_s"], Value::Array(Vec::new()));
    assert_eq!(waits["per_wait_s"], Value::Null);
}

#[test]
fn wait_random_and_measure_time_print_seconds() {
    let number = |args: &str| -> f64 {
        let output = dormouse(args);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).trim().parse().unwrap()
    };
    assert!((0.0..=0.01).contains(&number("wait-random 0.01")));
    let seeded = "wait-random 0.01 --seed 9";
    assert_eq!(number(seeded).to_bits(), number(seeded).to_bits());

    let waits = json("wait-n 100 0.05 --seed 9 --json");
    let largest = waits["delays_s"][99].as_f64().unwrap();
    let each = number("measure-time 100 0.05 --seed 9");
    assert!(each >= largest / 100.0, "{each} s of {largest} s");
}

#[test]
fn async_std_has_the_threads_that_are_asked_for() {
    let waits = json("wait-n 5 0.01 --json --runtime async-std --threads 3");
    assert_eq!(waits["threads"], 3);
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let mut child = start("wait-n 200000 0.05");
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    drop(reader);
    let mut complaint = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut complaint).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(complaint, "");
}

#[test]
fn runtimes_lists_what_is_built_in() {
    let runtimes = json("runtimes --json");
    let runtimes = runtimes.as_array().unwrap().iter();
    // compio is built in only on request.
    let names: Vec<_> = runtimes
        .map(|entry| entry["runtime"].as_str().unwrap())
        .filter(|name| *name != "compio")
        .collect();
    assert_eq!(names, RUNTIMES);
    let output = dormouse("runtimes");
    let lines = text(&output.stdout).lines();
    let lines = lines.filter(|line| !line.starts_with("compio"));
    for (name, line) in RUNTIMES.iter().zip(lines) {
        assert!(line.starts_with(name), "{line}");
        let version = |letter: char| letter.is_ascii_digit();
        assert!(
            line.contains(version) || *name == "threads",
            "{line} has no version"
        );
    }
}
