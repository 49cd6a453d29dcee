//! What a session has: its runs, their order, every number that was asked for, and its time.

use std::time::{Duration, Instant};

use crate::program::{MODES, array, compared, session};

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
