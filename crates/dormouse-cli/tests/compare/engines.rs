//! Runtimes, peers and the floor beside one another.

use crate::program::{array, session};

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
/// programs may take a core away from either, and one session of several is enough.
#[test]
fn no_runtime_beats_the_floor() {
    let best = |engine: &serde_json::Value| {
        let runs = array(&engine["runs"]).iter();
        runs.map(|run| run["figures"]["late_p50_s"].as_f64().unwrap())
            .fold(f64::MAX, f64::min)
    };
    let is_floor_first = || {
        let session =
            session("--workload sleep --modes join,spawn --n 200 --max-delay 0.05 --rounds 5");
        let engines = array(&session["engines"]);
        let mut floors = engines.iter().filter(|engine| engine["kind"] == "floor");
        let floor = best(floors.next().unwrap());
        engines.iter().all(|engine| floor <= best(engine))
    };
    assert!((0..5).any(|_| is_floor_first()));
}
