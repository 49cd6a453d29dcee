//! What the comparison rests on: all engines get the same delays, and a worker that fails costs
//! its own row alone.

use std::process::Command;
use std::time::Duration;

use dormouse::{BlockOn, Smol, wait_n_with};
use dormouse_benches::engines::Engine;
use dormouse_benches::measure::{Figures, Run};
use dormouse_benches::report::{median, quantile};
use dormouse_benches::worker::{self, WorkerError};

const RUN: Run = Run {
    n: 1_000,
    max_delay: Duration::from_millis(20),
    seed: 7,
};

#[test]
fn the_peers_wait_the_delays_of_wait_n() {
    let mut delays: Vec<_> = RUN.delays().map(|delay| delay.as_secs_f64()).collect();
    delays.sort_by(f64::total_cmp);
    let ours = Smol.block_on(wait_n_with(&Smol, RUN.n, RUN.max_delay, RUN.seed));
    assert_eq!(ours, delays);
}

#[test]
fn every_engine_here_waits_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let (engines, _) = Engine::all(folder.path()).unwrap();
    for engine in engines {
        if let Some(figures) = Engine::measure(&engine.name(), RUN) {
            assert_eq!(figures.n % RUN.n, 0, "{}", engine.name());
            assert!(figures.overhead_s() >= 0.0, "{}", engine.name());
            let ours = matches!(engine, Engine::Ours(..));
            assert!(!ours || figures.out_of_order == 0, "{}", engine.name());
        }
    }
}

#[test]
fn naive_collectors_are_caught_out_of_order() {
    let run = Run {
        n: 20_000,
        max_delay: Duration::from_millis(100),
        seed: 7,
    };
    for name in ["tokio JoinSet", "smol spawn", "async-std spawn"] {
        let figures = Engine::measure(name, run).unwrap();
        assert!(figures.out_of_order > 0, "{name}");
    }
}

#[test]
fn a_worker_that_crashes_or_hangs_or_babbles_is_an_error() {
    let shell = |script: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        worker::run::<Figures>(&mut command, Duration::from_millis(500)).unwrap_err()
    };
    let crash = shell("echo broken >&2; exit 3");
    assert!(crash.to_string().contains("broken"), "{crash}");
    assert!(matches!(shell("exec sleep 60"), WorkerError::Hang(_)));
    assert!(matches!(shell("echo hello"), WorkerError::Output(_)));
    let missing = worker::run::<Figures>(&mut Command::new("no-such-program"), Duration::ZERO);
    assert!(matches!(missing, Err(WorkerError::Start(_))));
}

#[test]
fn medians_and_quantiles_are_figures_that_were_measured() {
    assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
    assert!(median(Vec::new()).is_nan());
    let hundred: Vec<_> = (1..=100).map(f64::from).collect();
    assert_eq!(quantile(&hundred, 0.99), 99.0);
    assert_eq!(quantile(&hundred, 1.0), 100.0);
}
