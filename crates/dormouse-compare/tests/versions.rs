//! Reports of version 1 of the format are still read.

use dormouse_compare::{Format, Report};
use serde_json::Value;

#[test]
fn a_report_of_version_1_is_read() {
    let old = include_bytes!("versions/1.json");
    let report = Report::merge([Report::read(old, "1.json").unwrap()]);
    let value: Value = serde_json::from_str(&report.json().unwrap()).unwrap();
    assert_eq!(value["schema_version"], 2);
    let session = &value["sessions"][0];
    // A number that no f64 can hold is a string.
    assert_eq!(session["settings"]["seed"], "1234567890123456789");
    let before: Value = serde_json::from_slice(old).unwrap();
    let engines = |value: &Value| value["sessions"][0]["engines"].as_array().unwrap().clone();
    for (old, new) in engines(&before).iter().zip(engines(&value)) {
        assert_eq!(old["engine"], new["engine"]);
        for (old, new) in old["runs"]
            .as_array()
            .unwrap()
            .iter()
            .zip(new["runs"].as_array().unwrap())
        {
            let (old, new) = (&old["figures"], &new["figures"]);
            assert_eq!(old["overhead_s"], new["overhead_s"]);
            assert_eq!(old["lateness"]["p99_s"], new["late_p99_s"]);
            assert_eq!(
                old["lateness"]["histogram_ns"],
                new["lateness"]["histogram_ns"]
            );
        }
    }
    for format in [Format::Csv, Format::Markdown, Format::Html] {
        assert!(!format.render(&report).unwrap().is_empty());
    }
    assert!(report.text(80).contains("smol"));
}
