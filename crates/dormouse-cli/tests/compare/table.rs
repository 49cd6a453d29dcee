//! The table: within 80 columns, and where an engine fails or the comparison is interrupted.

use std::time::{Duration, Instant};

use crate::program::{MODES, compared, dormouse, send, start, text};

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

/// An engine that fails loses its row and not the session: the row says what happened, and the status
/// is 1.
#[test]
fn a_broken_engine_costs_its_row() {
    for (fault, words) in [
        ("crash", "crashed: signal: 6"),
        (
            "hang",
            "had not ended after 1 s, the limit of a run (`--limit`)",
        ),
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
