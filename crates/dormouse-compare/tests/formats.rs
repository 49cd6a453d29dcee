//! The formats of a report.

use dormouse_compare::{Format, Report};
use serde_json::Value;

const REAL: &str = include_str!("shuffled/session.json");

fn report(change: impl Fn(&mut Value)) -> Report {
    let mut report: Value = serde_json::from_str(REAL).unwrap();
    change(&mut report["sessions"][0]);
    Report::merge([Report::read(report.to_string().as_bytes(), "r").unwrap()])
}

#[test]
fn each_format_has_its_method() {
    let report = report(|_| {});
    for (format, text) in [
        (Format::Json, report.json()),
        (Format::Csv, report.csv()),
        (Format::Markdown, report.markdown()),
        (Format::Html, report.html()),
    ] {
        assert_eq!(format.render(&report), text);
    }
}

/// What a figure is relative to is named where it is shown.
#[test]
fn the_reference_has_its_name() {
    let report = report(|_| {});
    let page = report.html().unwrap();
    let markdown = report.markdown().unwrap();
    for text in [&page, &markdown] {
        assert!(!text.contains("the reference |"), "{text}");
        assert!(text.contains("overhead relative to tokio"), "{text}");
    }
    assert!(!page.contains("relative to the reference"));
    let wide = report.text(300);
    assert!(wide.contains("overhead vs tokio"), "{wide}");
}

/// Without a label, the heading is the machine, which is not written again below it.
#[test]
fn the_machine_is_written_once() {
    let named = report(|session| session["label"] = "here".into());
    let markdown = named.markdown().unwrap();
    let mut lines = markdown.lines();
    assert_eq!(lines.next(), Some("## here"));
    let machine = lines.nth(3).unwrap().strip_suffix('.').unwrap();
    let unnamed = report(|session| {
        // The line is escaped for Markdown.
        session["label"] = machine.replace('\\', "").into();
    });
    let markdown = unnamed.markdown().unwrap();
    assert_eq!(markdown.matches(machine).count(), 1, "{markdown}");
}
