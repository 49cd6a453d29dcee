//! The formats of a report.

use std::collections::BTreeSet;

use dormouse_compare::{Format, Report};
use serde_json::Value;

const REAL: &str = include_str!("shuffled/session.json");

fn report(change: impl Fn(&mut Value)) -> Report {
    let mut report: Value = serde_json::from_str(REAL).unwrap();
    change(&mut report["sessions"][0]);
    Report::merge([Report::read(report.to_string().as_bytes(), "r").unwrap()])
}

/// Not even in the last digit: the raw figures are what others work with.
#[test]
fn a_figure_that_is_read_and_written_stays_the_same() {
    let key = "\"cpu_per_wait_s\":";
    let mut parts = REAL.split(key);
    let mut text = parts.next().unwrap().to_owned();
    let mut given = Vec::new();
    let mut random = 1_u64;
    for part in parts {
        // A simple generator is good enough for digits.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let figure = 0.01 + (random >> 11) as f64 / (1_u64 << 53) as f64;
        given.push(format!("{key}{figure}"));
        text += given.last().unwrap();
        text += &part[part.find([',', '}']).unwrap()..];
    }
    let written = Report::read(text.as_bytes(), "r").unwrap().json().unwrap();
    let is_changed = |figure: &&String| !written.contains(figure.as_str());
    let changed: Vec<&String> = given.iter().filter(is_changed).collect();
    assert!(given.len() > 100 && changed.is_empty(), "{changed:?}");
}

/// What a figure is relative to is named where it is shown.
#[test]
fn the_reference_has_its_name() {
    let report = report(|_| {});
    let page = Format::Html.render(&report).unwrap();
    let markdown = Format::Markdown.render(&report).unwrap();
    for text in [&page, &markdown] {
        assert!(!text.contains("the reference |"), "{text}");
        assert!(text.contains("overhead relative to tokio"), "{text}");
    }
    assert!(!page.contains("relative to the reference"));
    let wide = report.text(300);
    assert!(wide.contains("overhead vs tokio"), "{wide}");
}

/// No two rows of a plot look the same, however many there are.
#[test]
fn each_row_of_the_page_has_a_look_of_its_own() {
    let rows = 35;
    let report = report(|session| {
        let engines = session["engines"].as_array_mut().unwrap();
        engines.retain(|row| row["engine"] == "tokio/join" || row["engine"] == "smol/join");
        for number in 2..rows {
            let mut own = engines[1].clone();
            own["runtime"] = format!("own {number}").into();
            own["engine"] = format!("own {number}/join").into();
            engines.push(own);
        }
    });
    let page = Format::Html.render(&report).unwrap();
    let (sheet, body) = page.split_once("</style>").unwrap();
    // What follows each of these words, up to the next quotation mark.
    let all = |words: &str| -> BTreeSet<&str> {
        let found = body.split(words).skip(1);
        found.map(|rest| rest.split('"').next().unwrap()).collect()
    };
    let rules = |selector: String| -> Vec<&str> {
        let lines = sheet.lines().filter(|line| line.contains(&selector));
        lines
            .map(|line| line.split(&selector).nth(1).unwrap())
            .collect()
    };
    let swatches = all("<span class=\"swatch");
    assert_eq!(swatches.len(), rows);
    let backgrounds = swatches.iter().map(|class| {
        let class = class
            .split(' ')
            .find(|class| class.starts_with('c'))
            .unwrap();
        rules(format!(".{class} {{")).concat()
    });
    assert_eq!(backgrounds.collect::<BTreeSet<_>>().len(), rows, "{sheet}");
    // The reference has no bar.
    let strokes = all("stroke=\"#01");
    assert_eq!(strokes.len(), rows - 1);
    let looks = strokes.iter().map(|stroke| {
        let [of_all, of_lines] =
            ["", "polyline"].map(|mark| rules(format!("svg {mark}[stroke=\"#01{stroke}\"] {{")));
        let colour = of_all[0].split('}').next().unwrap();
        format!("{colour} {}", of_lines.concat())
    });
    assert_eq!(looks.collect::<BTreeSet<_>>().len(), rows - 1, "{sheet}");
}

/// The words of a user's own are not markup.
#[test]
fn markdown_shows_names_as_they_are() {
    let report = report(|session| {
        for place in 0..2 {
            let name = ["- [e](f)", "*a*|<b>&`c`_d_"][place];
            let old = session["workloads"][place]["name"].take();
            for row in session["engines"].as_array_mut().unwrap() {
                if row["workload"] == old {
                    row["workload"] = name.into();
                }
            }
            session["workloads"][place]["name"] = name.into();
        }
    });
    let markdown = Format::Markdown.render(&report).unwrap();
    let title = r"\- \[e\](f), \*a\*\|\<b\>\&\`c\`\_d\_: n = ";
    assert!(
        markdown.lines().nth(2).unwrap().starts_with(title),
        "{markdown}"
    );
    assert!(!markdown.contains("*a*"), "{markdown}");
}

/// Without a label, the heading is the machine, which is not written again below it.
#[test]
fn the_machine_is_written_once() {
    let named = report(|session| session["label"] = "here".into());
    let markdown = Format::Markdown.render(&named).unwrap();
    let mut lines = markdown.lines();
    assert_eq!(lines.next(), Some("## here"));
    let machine = lines.nth(3).unwrap().strip_suffix('.').unwrap();
    let unnamed = report(|session| {
        // The line is escaped for Markdown.
        session["label"] = machine.replace('\\', "").into();
    });
    let markdown = Format::Markdown.render(&unnamed).unwrap();
    assert_eq!(markdown.matches(machine).count(), 1, "{markdown}");
}

/// A report may come from elsewhere: no name in it can tell a terminal anything.
#[test]
fn a_terminal_is_shown_plain_names() {
    const TITLE_OF_WINDOW: &str = "\u{1b}]0;x\u{7}";
    let report = report(|session| {
        session["label"] = TITLE_OF_WINDOW.into();
        for engine in session["engines"].as_array_mut().unwrap() {
            engine["runtime"] = TITLE_OF_WINDOW.into();
        }
        for workload in session["workloads"].as_array_mut().unwrap() {
            workload["title"] = TITLE_OF_WINDOW.into();
            workload["figures"][0]["title"] = TITLE_OF_WINDOW.into();
        }
    });
    let text = report.coloured(80);
    assert!(text.contains(" ]0;x "), "{text}");
    assert!(
        !text.contains("\u{1b}]") && !text.contains('\u{7}'),
        "{text}"
    );
}

/// Where the reference differs from itself in a figure, no row is marked as the best by it.
#[test]
fn nothing_is_best_by_a_figure_in_which_the_control_differs() {
    let best = |factor: f64| {
        let report = report(|session| {
            for engine in session["engines"].as_array_mut().unwrap() {
                let is_control = engine["kind"] == "control";
                for run in engine["runs"].as_array_mut().unwrap() {
                    for (_, figure) in run["figures"].as_object_mut().unwrap() {
                        if let Some(value) = figure.as_f64().filter(|_| is_control) {
                            *figure = (factor * value).into();
                        }
                    }
                }
            }
        });
        let page = Format::Html.render(&report).unwrap();
        page.matches("<small>best</small>").count()
    };
    assert!(best(1.0) > 0);
    assert_eq!(best(100.0), 0);
}
