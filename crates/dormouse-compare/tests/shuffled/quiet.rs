//! The session of a machine that did nothing else, for tests that change it.

use serde_json::{Value, json};

/// A default session of twelve rounds on two cores of a virtual machine, without its histograms.
pub(crate) const REAL: &str = include_str!("session.json");

/// Its report, which gives no cause for doubt.
pub(crate) fn report() -> Value {
    let mut report: Value = serde_json::from_str(REAL).unwrap();
    let environment = &mut report["sessions"][0]["environment"];
    environment["load"] = json!([0.1, 0.1]);
    environment["steal"] = json!([0, 0]);
    environment["nice"] = json!(0);
    environment["profile"] = json!("release");
    report
}
