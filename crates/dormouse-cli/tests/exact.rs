//! On virtual time the whole output is deterministic.

use crate::program::{printed, session};

mod program;

#[test]
fn the_table_of_a_comparison_is_exact() {
    let shown =
        printed("compare --workload sleep --max-delay 0.1 --runtimes virtual --seed 7 --rounds 8");
    let version = env!("CARGO_PKG_VERSION");
    let expected = format!(
        "\
1000 waits of up to 0.1 s, 8 rounds, seed 7. Medians:
virtual {version} on 1 thread.

                overhead  late p50  late p99  total/n  CPU/wait  memory
join: all waits in one task
 virtual            0 ns      0 ns      0 ns  99.9 µs         -       -
 virtual again      0 ns      0 ns      0 ns  99.9 µs         -       -
spawn: a task per wait
 virtual            0 ns      0 ns      0 ns  99.9 µs         -       -
coalesced: all waits on one timer
 virtual         1.96 ms   1.93 ms   3.95 ms   102 µs         -       -

Control: virtual, run as two rows, does not differ from itself, as it should.
There is nothing to rank: no two engines of one mode have a figure in common.
  Name two runtimes or more.
"
    );
    assert_eq!(shown, expected);
}

/// Every workload prints the same bytes again.
#[test]
fn every_workload_is_exact() {
    let args = "compare --workload all --runtimes virtual --seed 7 --rounds 2 --n 20 --csv";
    let first = printed(args);
    for (workload, column, figure) in [
        ("timeout", "late_p99_s", "0"),
        ("timeout", "fired", "50"),
        ("spawn", "per_task_s", "0"),
        ("ping-pong", "per_switch_s", "0"),
        ("load", "late_p999_s", "0"),
        ("interval", "jitter_p99_s", "0"),
        ("interval", "drift_s", "0"),
    ] {
        let mut lines = csv::Reader::from_reader(first.as_bytes());
        let header = lines.headers().unwrap().clone();
        let place = |name: &str| header.iter().position(|title| title == name).unwrap();
        let mut seen = 0;
        for line in lines.records().map(Result::unwrap) {
            if &line[place("workload")] == workload && &line[place("mode")] != "coalesced" {
                assert_eq!(&line[place(column)], figure, "{workload}: {column}");
                seen += 1;
            }
        }
        assert!(seen > 0, "{workload}");
    }
    assert_eq!(printed(args), first);
}

/// Hours of waits take no time, and two comparisons print the same bytes.
#[test]
fn two_comparisons_are_alike() {
    let args = "compare --workload sleep --runtimes virtual --seed 1 --rounds 7 --n 10,100 --max-delay 3600 --csv";
    let first = printed(args);
    assert_eq!(first.lines().count(), 1 + 7 * 2 * 4);
    assert_eq!(printed(args), first);
    let other = printed(&args.replace("--seed 1", "--seed 2"));
    assert_ne!(other, first);
}

#[test]
fn the_figures_of_a_run_are_exact() {
    let session = session(
        "--workload sleep --runtimes virtual --modes join --rounds 1 --n 3 --max-delay 10 --seed 1",
    );
    let seed = session["round_seeds"][0].as_str().unwrap();
    let list = printed(&format!("wait-n 3 10 --runtime virtual --seed {seed}"));
    let delays: Vec<f64> = list.lines().map(|line| line.parse().unwrap()).collect();
    let figures = &session["engines"][0]["runs"][0]["figures"];
    assert_eq!(figures["total_s"], delays[2]);
    assert_eq!(figures["per_wait_s"], delays[2] / 3.0);
    assert_eq!(figures["overhead_s"], 0.0);
    assert_eq!(
        figures["concurrency"],
        delays.iter().sum::<f64>() / delays[2]
    );
    assert_eq!(
        figures["lateness"]["histogram_ns"],
        serde_json::json!([[0, 3]])
    );
    // A run on virtual time has no CPU time and no memory.
    assert!(figures.get("cpu_user_s").is_none(), "{figures}");
    assert!(figures["peak_rss_bytes"].is_null(), "{figures}");
}
