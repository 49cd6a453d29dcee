//! What is left out of a comparison while it runs.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::program::{array, dormouse, json, read, rounds, text};

/// An engine that hangs is not waited for in every round: after two such runs it is left out.
#[test]
fn a_row_that_has_failed_twice_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let begun = Instant::now();
    let output = dormouse(&format!(
        "compare --workload sleep --n 10 --max-delay 0.01 --rounds 9 --modes join --runtimes tokio,smol \
         --limit 2 --fault smol/join=hang --json {}",
        path.display()
    ));
    assert!(begun.elapsed() < Duration::from_secs(14), "{begun:?}");
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = "smol/join: had not ended after 2 s, the limit of a run (`--limit`); after its second \
                failed run it was left out of further rounds";
    assert!(words.contains(said), "{shown}");
    let session = &read(&path)["sessions"][0];
    assert_eq!(session["rounds"], 9);
    let mut order = Vec::new();
    for engine in array(&session["engines"]) {
        let is_hanging = engine["engine"] == "smol/join";
        let runs = array(&engine["runs"]);
        assert_eq!(runs.len(), if is_hanging { 2 } else { 9 }, "{engine}");
        order.extend(
            runs.iter()
                .map(|run| (run["round"].as_u64(), run["place"].as_u64())),
        );
    }
    // The places of each round are those of the engines that run in it, each once.
    order.sort();
    let places = |round: u64| if round < 2 { 0..4 } else { 0..3 };
    let all = (0..9).flat_map(|round| places(round).map(move |place| (Some(round), Some(place))));
    assert_eq!(order, all.collect::<Vec<_>>());
    // Read again, it has as many rounds.
    let merged = json(&format!("merge {} --json", path.display()));
    assert_eq!(merged["sessions"][0], *session);
}

/// The time of a row that is left out is not expected of further rounds.
#[test]
fn a_budget_is_not_kept_for_a_row_that_is_left_out() {
    let output = dormouse(
        "compare --workload sleep --n 10 --max-delay 0.01 --time-budget 4.5 --modes join \
         --runtimes tokio,smol --limit 1.5 --fault smol/join=hang --json",
    );
    let report: Value = serde_json::from_str(text(&output.stdout)).unwrap();
    // Two rounds take some three seconds, and each of the others less than a tenth of one.
    assert!(rounds(&report) > 4, "{} rounds", rounds(&report));
}
