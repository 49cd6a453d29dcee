//! The waits that the commands make and print.

use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use serde_json::Value;

use crate::program::{MODES, RUNTIMES, command, dormouse, ends_within, json, send, start, text};

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

/// async-std reads its number of threads from the environment if the command line has none.
#[test]
fn async_std_has_the_threads_that_its_variable_sets() {
    for (set, asked, threads) in [
        ("7", "", Some(7)),
        ("0", "", Some(1)),
        ("7", "--threads 3", Some(3)),
        ("many", "", None),
    ] {
        let mut command = command(&format!("wait-n 2 0.01 --json --runtime async-std {asked}"));
        let output = command.env("ASYNC_STD_THREAD_COUNT", set).output().unwrap();
        let waits: Value = serde_json::from_slice(&output.stdout).unwrap();
        let cores = std::thread::available_parallelism().unwrap().get();
        assert_eq!(waits["threads"], threads.unwrap_or(cores), "{set} {asked}");
    }
}

/// A signal ends the work, also where the command has begun anew with another number of threads.
#[cfg(unix)]
#[test]
fn a_signal_leaves_nothing_behind() {
    use std::os::unix::process::ExitStatusExt;

    for args in ["wait-n 1 60", "measure-time 1 60", "wait-random 60"] {
        let mut child = start(&format!("{args} --seed 1 --runtime async-std --threads 3"));
        std::thread::sleep(Duration::from_secs(1));
        send("-TERM", &child);
        let mut output = child.stdout.take().unwrap();
        let status = ends_within(Duration::from_secs(5), child);
        assert_eq!(status.signal(), Some(15), "{args}");
        // The pipe is open for as long as any process holds it.
        let (sender, closed) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(output.read_to_end(&mut Vec::new()).unwrap()));
        assert_eq!(closed.recv_timeout(Duration::from_secs(5)), Ok(0), "{args}");
    }
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
