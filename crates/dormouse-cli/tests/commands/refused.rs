//! Bad input.

use crate::program::{command, dormouse, text};

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
            "omit `--threads` or use",
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
        (
            "compare --workload load --modes join,coalesced",
            "the mode join",
            "native, coalesced",
        ),
        (
            "compare --workload spawn --modes join",
            "the workload spawn has none of these modes",
            "name one of native",
        ),
        (
            "compare --workload sleep --busy 5",
            "`--busy 5`",
            "add load",
        ),
        (
            "compare --workload sleep --chunk 0.1",
            "`--chunk 0.1`",
            "add load",
        ),
        (
            "compare --workload spawn,ping-pong --max-delay 3,4",
            "`--max-delay 3,4`",
            "omit it",
        ),
        ("compare --workload spawn --peers", "`--peers`", "add sleep"),
        (
            "compare --threads 2,3 --runtimes tokio-current-thread,threads",
            "`--threads 2,3`",
            "such as tokio",
        ),
        (
            "compare --max-delay 3,0.1 --limit 1",
            "the limit of a run, 1 s, is less than the longest delay of 3 s",
            "`--limit`",
        ),
        ("compare --chunk 0", "'0'", "such as 0.001"),
        ("compare --limit 0", "'0'", "such as 10"),
        ("compare --limit 1e-320", "'1e-320'", "a nanosecond"),
        ("compare --max-delay 1e-320", "'1e-320'", "a nanosecond"),
        ("wait-n 5 1e-10", "'1e-10'", "a nanosecond"),
        ("man nothing", "'nothing'", "compare, merge"),
        ("merge - -", "`-`", "as a file"),
        ("compare --n 10,x", "'x'", "1 or more"),
        (
            "compare --n 1000000000000",
            "1000000000000 waits",
            "or fewer",
        ),
        (
            "compare --workload ping-pong --runtimes smol --n 1000000000000",
            "some 1.78 PiB",
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
            "cannot read nowhere.json",
            "give a file that `--save-baseline` wrote",
        ),
        ("compare --json --csv", "`--csv`", "a file of its own"),
        ("compare --json r --html r", "`--html`", "a file of its own"),
        (
            "compare --reference smol --runtimes tokio",
            "smol",
            "`--runtimes`",
        ),
        ("merge", "<FILES>", "(try `dormouse merge --help`)"),
        (
            "merge nowhere.json",
            "cannot read nowhere.json",
            "give a file that `compare --json` wrote",
        ),
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
