//! `dormouse compare`: what it runs, and what it does if an engine fails.

use std::time::{Duration, Instant};

use crate::program::{MODES, array, compared, dormouse, send, session, start, text};

mod program;

#[test]
fn compare_has_a_row_per_engine_within_80_columns() {
    let output = dormouse("compare --workload sleep --n 50 --max-delay 0.01 --rounds 2");
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{shown}{}", text(&output.stderr));
    for line in shown.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for runtime in compared() {
        let rows = shown.lines().filter(|line| {
            line.contains("MiB")
                && !line.contains(" again")
                && line.split_whitespace().next() == Some(runtime)
        });
        assert_eq!(rows.count(), MODES.len(), "{shown}");
    }
    let warnings = text(&output.stderr);
    assert!(warnings.contains("2 rounds can't tell"), "{warnings}");
}

#[test]
fn compare_as_json_has_every_run() {
    let session =
        session("--workload sleep --n 40 --max-delay 0.01 --rounds 3 --seed 5 --threads 2");
    assert_eq!(array(&session["round_seeds"]).len(), 3);
    assert_eq!(session["rounds"], 3);
    let engines = array(&session["engines"]);
    // Every runtime in every mode, the control and the floor.
    let is_asked_for = |engine: &&serde_json::Value| engine["runtime"] == "compio";
    let more = engines.iter().filter(is_asked_for).count();
    assert_eq!(engines.len() - more, compared().count() * MODES.len() + 2);
    for engine in engines {
        let runs = array(&engine["runs"]);
        assert_eq!(runs.len(), 3, "{engine}");
        for run in runs {
            let figures = &run["figures"];
            assert_eq!(figures["lateness"]["early"], 0, "{engine}");
            let waits = array(&figures["lateness"]["histogram_ns"]).iter();
            let waits: u64 = waits.map(|bucket| bucket[1].as_u64().unwrap()).sum();
            assert_eq!(waits, 40, "each wait is in the histogram once: {engine}");
            assert!(figures["overhead_s"].as_f64().unwrap() >= 0.0);
            assert!(figures["concurrency"].as_f64().unwrap() > 1.0);
            assert!(figures["recording_s"].as_f64().unwrap() > 0.0);
            let (late, overhead) = (&figures["late_max_s"], &figures["overhead_s"]);
            let (late, overhead) = (late.as_f64().unwrap(), overhead.as_f64().unwrap());
            let waits = figures["concurrency"].as_f64().unwrap();
            assert!(late > 0.0 && overhead >= 0.0 && waits > 0.0, "{engine}");
        }
    }
    for key in [
        "cpu",
        "cores",
        "kernel",
        "rustc",
        "versions",
        "load",
        "steal",
        "clock_source",
    ] {
        assert!(session["environment"].get(key).is_some(), "no {key}");
    }
    let share = session["coordinator_share"].as_f64().unwrap();
    assert!((0.0..0.5).contains(&share), "{share}");
}

/// The runs of a round share a seed, and the order differs from round to round.
#[test]
fn rounds_share_a_seed_and_shuffle_the_engines() {
    let args = "--workload sleep --n 5 --max-delay 0.001 --rounds 5 --seed 5";
    let first = session(args);
    let order = |round: usize| -> Vec<u64> {
        let engines = array(&first["engines"]).iter();
        engines
            .map(|engine| engine["runs"][round]["place"].as_u64().unwrap())
            .collect()
    };
    let orders: Vec<_> = (0..5).map(order).collect();
    let differ = orders.windows(2).any(|pair| pair[0] != pair[1]);
    assert!(differ, "{orders:?}");
    for mut order in orders {
        order.sort_unstable();
        assert!(
            order
                .into_iter()
                .eq(0..array(&first["engines"]).len() as u64)
        );
    }
    assert_eq!(session(args)["round_seeds"], first["round_seeds"]);
}

#[test]
fn a_scan_has_every_n_and_delay_and_number_of_threads() {
    let session = session(
        "--workload sleep --n 4,8,8,16,32 --max-delay 0.001,0.002 --threads 1,2 --modes join --rounds 1 \
         --runtimes smol,threads",
    );
    let engines = array(&session["engines"]);
    // smol with one thread, its control, smol with two threads, threads, and the floor.
    assert_eq!(engines.len(), 4 * 2 * 5, "{engines:?}");
    let names: Vec<_> = engines[..5]
        .iter()
        .map(|engine| &engine["engine"])
        .collect();
    assert_eq!(
        names,
        [
            "smol x1/join",
            "smol x1/join again",
            "smol x2/join",
            "threads/join",
            "floor"
        ]
    );
    let lines = array(&session["memory"]);
    assert_eq!(
        lines.len(),
        2 * 5,
        "a line through four n, for each engine and delay"
    );
    assert!(
        lines
            .iter()
            .all(|line| line["base_bytes"].as_f64().unwrap() > 1e5)
    );
}

#[test]
fn a_time_budget_is_kept_and_has_one_round_at_least() {
    let start = Instant::now();
    let args = "--workload sleep --n 5 --max-delay 0.01 --modes join --runtimes smol,threads --time-budget";
    let long = session(&format!("{args} 2"));
    assert!(long["rounds"].as_u64().unwrap() > 1);
    assert!(start.elapsed() < Duration::from_secs(20));
    assert_eq!(session(&format!("{args} 0.001"))["rounds"], 1);
    assert_eq!(long["settings"]["stop"]["time_budget_s"], 2.0);
}

/// At least the peers in Rust; those in other languages if they are installed.
#[test]
fn peers_are_compared_where_they_are_asked_for() {
    let session =
        session("--workload sleep --n 50 --max-delay 0.01 --rounds 1 --runtimes tokio --peers");
    let engines = array(&session["engines"]).iter();
    let peers: Vec<_> = engines.filter(|engine| engine["kind"] == "peer").collect();
    let left_out = array(&session["warnings"]).iter();
    let left_out = left_out.filter(|warning| warning.as_str().unwrap().contains("left out"));
    assert_eq!(peers.len() + left_out.count(), 15 + 4);
    for peer in peers {
        assert_eq!(peer["failure"], serde_json::Value::Null, "{peer}");
        assert!(peer["medians"]["late_p50_s"].as_f64().is_some(), "{peer}");
        assert!(
            peer["medians"]["peak_rss_bytes"].as_f64().unwrap() > 1e5,
            "{peer}"
        );
    }
}

/// Every engine is timed alike, the floor and the peers too: with one wait, the overhead is the
/// lateness plus the time that the task takes to return.
#[test]
fn one_wait_is_no_later_than_its_overhead() {
    let session = session("--workload sleep --n 1 --max-delay 0.02 --rounds 2 --peers");
    let engines = array(&session["engines"]);
    assert!(engines.iter().any(|engine| engine["kind"] == "floor"));
    assert!(engines.iter().any(|engine| engine["kind"] == "peer"));
    for engine in engines {
        for run in array(&engine["runs"]) {
            let figures = &run["figures"];
            let (late, overhead) = (&figures["late_max_s"], &figures["overhead_s"]);
            let Some((late, overhead)) = late.as_f64().zip(overhead.as_f64()) else {
                // Node's wait may end early.
                assert_eq!(engine["kind"], "peer", "{engine}");
                continue;
            };
            // Within a bucket of the histogram. Other languages read their clocks in a different order.
            let most = overhead * (1.0 + 1.0 / 64.0) + 2e-6;
            let is_script = ["Python", "Node", "Go"].contains(&engine["runtime"].as_str().unwrap());
            assert!(is_script || late <= most, "{late} {overhead}: {engine}");
        }
    }
}

/// An engine that fails loses its row and not the session: the row says what happened, and the status
/// is 1.
#[test]
fn a_broken_engine_costs_its_row() {
    for (fault, words) in [
        ("crash", "crashed: signal: 6"),
        ("hang", "had not ended after 1s, the limit of a run"),
        ("disorder", "returned a list out of order"),
        ("short", "did 39 of 40: not all waits were done"),
        ("serial", "ran its waits one after the other"),
    ] {
        let start = Instant::now();
        let output = dormouse(&format!(
            "compare --workload sleep --n 40 --max-delay 0.1 --rounds 1 --modes join --runtimes tokio,smol \
             --limit 1 --fault smol/join={fault}"
        ));
        let shown = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{fault}: {shown}");
        let said = format!("smol/join: {words}");
        assert!(shown.contains(&said), "{fault}: {shown}");
        let row = |name: &str| {
            let mut rows = shown.lines().filter(|line| line.starts_with(" "));
            rows.find(|line| line.trim_start().starts_with(name))
                .unwrap()
        };
        let figures = |line: &str| line.contains("µs") || line.contains("ms");
        assert!(figures(row("tokio ")), "{fault}: {shown}");
        assert!(!figures(row("smol ")), "{fault}: {shown}");
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}

/// Ctrl-C ends a comparison with the runs that it has.
#[cfg(unix)]
#[test]
fn an_interrupted_comparison_shows_what_it_has() {
    let child =
        start("compare --workload sleep --n 20 --max-delay 0.01 --rounds 100000 --modes join");
    std::thread::sleep(Duration::from_secs(2));
    send("-INT", &child);
    let output = child.wait_with_output().unwrap();
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{shown}");
    for runtime in compared() {
        let mut rows = shown.lines().filter(|line| line.contains("MiB"));
        let row = rows.any(|line| line.split_whitespace().next() == Some(runtime));
        assert!(row, "no row of {runtime}: {shown}");
    }
}

/// A runtime whose tasks stay on their thread has every workload, and every mode but spawn.
#[cfg(feature = "compio")]
#[test]
fn a_runtime_of_one_thread_has_every_workload() {
    let session = session(
        "--workload all --runtimes tokio,compio --modes join,native,coalesced --n 20 \
         --max-delay 0.01 --rounds 1",
    );
    let engines = array(&session["engines"]).iter();
    let compio: Vec<_> = engines
        .filter(|engine| engine["runtime"] == "compio")
        .collect();
    for workload in ["sleep", "timeout", "spawn", "ping-pong", "load", "interval"] {
        let rows = compio
            .iter()
            .filter(|engine| engine["workload"] == workload);
        assert!(rows.count() > 0, "{workload}");
    }
    for engine in compio {
        assert!(engine["failure"].is_null(), "{engine}");
    }
}

/// No runtime wakes earlier than the floor. The best of several rounds are compared, because other
/// programs may take a core away from either.
#[test]
fn no_runtime_beats_the_floor() {
    let session =
        session("--workload sleep --modes join,spawn --n 200 --max-delay 0.05 --rounds 5");
    let best = |engine: &serde_json::Value| {
        let runs = array(&engine["runs"]).iter();
        runs.map(|run| run["figures"]["late_p50_s"].as_f64().unwrap())
            .fold(f64::MAX, f64::min)
    };
    let engines = array(&session["engines"]);
    let floor = engines
        .iter()
        .find(|engine| engine["kind"] == "floor")
        .unwrap();
    for engine in engines {
        assert!(best(floor) <= best(engine), "{} {engine}", best(floor));
    }
}

/// The narrowest table has all ranked figures, for every workload.
#[test]
fn every_ranked_figure_stands_within_80_columns() {
    for peers in ["", "--peers"] {
        let output = dormouse(&format!(
            "compare --workload all --n 20 --max-delay 0.002 --rounds 1 {peers}"
        ));
        let shown = text(&output.stdout);
        for line in shown.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        let mut headers = shown
            .lines()
            .filter(|line| line.ends_with("  memory") || line.contains(" memory "));
        for figures in [
            &["overhead", "late p99", "CPU/wait", "memory"][..],
            &["late p99", "time/operation", "CPU/operation", "memory"],
            &["time/task", "CPU/task", "memory"],
            &["time/switch", "CPU/switch", "memory"],
            &["late p50", "late p99", "late p99.9", "memory"],
            &["jitter p99", "drift", "CPU/tick", "memory"],
        ] {
            let header = headers
                .next()
                .unwrap_or_else(|| panic!("{figures:?}: {shown}"));
            for figure in figures {
                assert!(header.contains(figure), "{figure}: {header}");
            }
        }
    }
}
