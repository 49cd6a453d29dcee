//! Memory by n: a line for each engine.

use std::fs;

use serde_json::json;

use crate::program::{printed, read};

/// A line names its workload and its longest delay, and is none where memory does not grow.
#[test]
fn a_line_names_what_it_is_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    printed(&format!(
        "compare --workload sleep,spawn --runtimes smol --modes join,native --n 10,20,30,40 \
         --max-delay 0.001,0.002 --rounds 1 --json {}",
        path.display()
    ));
    let mut report = read(&path);
    for engine in report["sessions"][0]["engines"].as_array_mut().unwrap() {
        let n = engine["n"].as_f64().unwrap();
        let slope = match (engine["workload"].as_str(), engine["max_delay_s"].as_f64()) {
            (Some("sleep"), Some(0.001)) => 123.0,
            (Some("spawn"), _) => 77.0,
            _ => -20.0,
        };
        let peak = 5.0 * 1024.0 * 1024.0 + slope * n;
        engine["runs"][0]["figures"]["peak_rss_bytes"] = json!(peak);
    }
    fs::write(&path, report.to_string()).unwrap();
    let merged = |format: &str| printed(&format!("merge {} {format}", path.display()));
    let shown = merged("");
    for line in [
        "memory of smol/join, sleep, up to 1.00 ms: 123 B per wait, and 5.00 MiB without waits\n",
        "memory of smol/join, sleep, up to 2.00 ms: no growth with the number of waits found\n",
        "memory of smol/native, spawn: 77 B per task, and 5.00 MiB without tasks\n",
    ] {
        // Lines are wrapped.
        let shown = shown.replace("\n  ", " ");
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let shown = merged("--markdown");
    for line in [
        "| smol/join, sleep, up to 1.00 ms | 123 B per wait | 5.00 MiB |\n",
        "| smol/join, sleep, up to 2.00 ms | none found | - |\n",
        "| smol/native, spawn | 77 B per task | 5.00 MiB |\n",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let page = merged("--html");
    assert!(page.contains("<td>77 B per task</td>"));
    assert!(page.contains("<td>none found</td>"));
}
