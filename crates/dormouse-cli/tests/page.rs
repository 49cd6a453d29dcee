//! The HTML page, opened in a headless Chromium. Without a Chromium the tests are skipped, unless
//! `DORMOUSE_NEEDS_CHROMIUM` is set.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{array, printed, text};

mod program;

/// A script that inspects the page and leaves its findings in the page.
const PROBE: &str = include_str!("page/probe.js");

const SCAN: &str = "compare --workload sleep --n 4,8,16,32 --max-delay 0.005 --modes join,spawn --runtimes smol,tokio \
                    --rounds 7 --seed 1";

#[test]
fn the_page_shows_what_the_json_says() {
    let Some(chromium) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (page, report) = make(folder.path(), SCAN);
    let seen = look(&chromium, folder.path(), &page, &["--window-size=1200,900"]);

    let plots = array(&seen["plots"]);
    // For each of four n: lateness and four ratios for each of two modes, and lateness for the floor.
    // By n: four figures for each mode and the floor, but no CPU time for the floor.
    assert_eq!(plots.len(), 4 * (5 + 5 + 1) + 3 * 4 - 1, "{plots:#?}");
    for plot in plots {
        assert!(plot["marks"].as_u64().unwrap() > 0, "an empty plot: {plot}");
        assert!(
            plot["words"].as_u64().unwrap() > 1,
            "a plot without axes: {plot}"
        );
    }

    let reach = seen["least_reach"].as_f64().unwrap();
    assert!(reach > 0.95, "plots leave a gap: {reach}");

    let rows = array(&seen["rows"]);
    let engines = array(&report["sessions"][0]["engines"]);
    assert_eq!(rows.len(), engines.len());
    for (row, engine) in rows.iter().zip(engines) {
        assert_eq!(row["engine"], engine["engine"]);
        assert_eq!(row["n"], engine["n"]);
        let medians = engine["medians"].as_object().unwrap();
        assert_eq!(
            row["values"].as_object().unwrap().len(),
            medians.len(),
            "{row}"
        );
        for (figure, median) in medians {
            let cell = &row["values"][figure];
            assert_eq!(cell["value"].as_f64(), median.as_f64(), "{figure} of {row}");
            let scale = if figure.ends_with("_ns") { 1e-9 } else { 1.0 };
            let median = median.as_f64().unwrap() * scale;
            assert!(shows(cell["text"].as_str().unwrap(), median), "{cell}");
        }
    }
    let shown = seen["text"].as_str().unwrap();
    for sentence in array(&report["sessions"][0]["summary"]) {
        // Clauses are on lines of their own, and backticks become markup.
        for clause in sentence.as_str().unwrap().split("; ") {
            let (_, clause) = clause.split_once(": ").unwrap_or(("", clause));
            assert!(shown.contains(&clause.replace('`', "")), "{sentence}");
        }
    }
}

/// The page is no wider than a phone, and all that scrolls can be reached by keyboard.
#[test]
fn the_page_is_usable_on_a_phone_and_by_keyboard() {
    let Some(chromium) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (page, _) = make(folder.path(), SCAN);
    let seen = look(&chromium, folder.path(), &page, &["--window-size=360,800"]);
    let width = seen["width"].as_f64().unwrap();
    assert!(width <= 500.0, "{width}");
    assert!(seen["scroll_width"].as_f64().unwrap() <= width, "{seen}");
    assert!(
        array(&seen["unreachable"]).is_empty(),
        "{}",
        seen["unreachable"]
    );
    assert!(
        seen["smallest_text"].as_f64().unwrap() >= 10.0,
        "{}",
        seen["smallest_text"]
    );
}

#[test]
fn the_page_is_readable_in_the_light_and_in_the_dark() {
    let Some(chromium) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (page, _) = make(
        folder.path(),
        "compare --workload sleep,load --n 5 --max-delay 0.001 --rounds 7 --modes join,native",
    );
    let mut papers = Vec::new();
    for scheme in ["1", "0"] {
        let scheme = format!("--blink-settings=preferredColorScheme={scheme}");
        let seen = look(&chromium, folder.path(), &page, &[&scheme]);
        // The contrast that the Web Content Accessibility Guidelines require of text and of graphics.
        let words = seen["least_contrast_of_words"].as_f64().unwrap();
        let marks = seen["least_contrast_of_marks"].as_f64().unwrap();
        assert!(words >= 4.5 && marks >= 3.0, "{scheme}: {words} {marks}");
        papers.push(seen["paper"].clone());
    }
    assert_ne!(papers[0], papers[1], "there are two schemes");
}

/// The negative control: an error on the console is found.
#[test]
#[should_panic(expected = "the console complains")]
fn a_complaint_of_the_console_is_found() {
    let Some(chromium) = chromium() else {
        panic!("the console complains, or would if there were one");
    };
    let folder = tempfile::tempdir().unwrap();
    let page = "<body><script>console.error('broken')</script></body>";
    look(&chromium, folder.path(), page, &[]);
}

fn chromium() -> Option<String> {
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| {
            let version = Command::new(name).arg("--version").output();
            version.is_ok_and(|version| version.status.success())
        });
    if found.is_none() {
        let needed = std::env::var_os("DORMOUSE_NEEDS_CHROMIUM").is_some();
        assert!(!needed, "there is no chromium here");
        println!("passed over: there is no chromium here");
    }
    found.map(str::to_owned)
}

fn make(folder: &Path, compare: &str) -> (String, Value) {
    let (page, report) = (folder.join("made.html"), folder.join("made.json"));
    printed(&format!(
        "{compare} --html {} --json {}",
        page.display(),
        report.display()
    ));
    let report = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
    (fs::read_to_string(page).unwrap(), report)
}

/// Opens the page, and returns the findings of the probe.
fn look(chromium: &str, folder: &Path, page: &str, args: &[&str]) -> Value {
    let (head, tail) = page.rsplit_once("</body>").unwrap();
    let probed = format!("{head}<script>{PROBE}</script></body>{tail}");
    let path = folder.join("probed.html");
    fs::write(&path, probed).unwrap();
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--disable-dev-shm-usage",
            "--enable-logging=stderr",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(args)
        .arg(format!("file://{}", path.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    let complaints: Vec<_> = log
        .lines()
        .filter(|line| line.contains("CONSOLE"))
        .collect();
    assert!(
        complaints.is_empty(),
        "the console complains: {complaints:#?}"
    );
    let page = text(&output.stdout);
    let (_, seen) = page
        .split_once("<pre id=\"seen\">")
        .expect("what the probe has seen");
    let (seen, _) = seen.split_once("</pre>").unwrap();
    let seen = seen
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    serde_json::from_str(&seen).unwrap()
}

/// Whether a text shows this figure, with three digits and a unit.
fn shows(text: &str, figure: f64) -> bool {
    let (number, unit) = match text.split_once(' ') {
        Some((number, unit)) => (number, unit),
        None => (text.trim_end_matches('×'), ""),
    };
    let unit = match unit {
        "s" | "B" | "" => 1.0,
        "ms" => 1e-3,
        "µs" => 1e-6,
        "ns" => 1e-9,
        "KiB" => 1024.0,
        "MiB" => 1048576.0,
        "/s" => 1.0,
        "k/s" => 1e3,
        "M/s" => 1e6,
        _ => return false,
    };
    let shown = number.parse::<f64>().unwrap_or(f64::NAN) * unit;
    (shown - figure).abs() <= 0.006 * figure.abs() + 1e-12
}
