//! A baseline in a file, which a test changes.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::program::{dormouse, printed, text};

/// Sessions on virtual time are equal, so every difference is one that a test has made.
pub(crate) const EXACT: &str = "compare --workload sleep --runtimes virtual --modes coalesced --n 1000 --rounds 8 --max-delay 0.1 --seed 3";

pub(crate) struct Saved {
    _folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

pub(crate) fn save() -> Saved {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baseline.json");
    printed(&format!("{EXACT} --save-baseline {}", path.display()));
    Saved {
        _folder: folder,
        path,
    }
}

impl Saved {
    pub(crate) fn change(&self, change: impl Fn(&mut Value)) {
        let mut report: Value = serde_json::from_slice(&fs::read(&self.path).unwrap()).unwrap();
        change(&mut report["sessions"][0]);
        fs::write(&self.path, report.to_string()).unwrap();
    }

    /// Multiplies every overhead by a factor.
    pub(crate) fn scale_overhead(&self, factor: f64) {
        self.change(|session| {
            for engine in session["engines"].as_array_mut().unwrap() {
                for run in engine["runs"].as_array_mut().unwrap() {
                    let overhead = &mut run["figures"]["overhead_s"];
                    *overhead = json!(overhead.as_f64().unwrap() * factor);
                }
            }
        });
    }

    pub(crate) fn against(&self, args: &str) -> (Option<i32>, String) {
        let output = dormouse(&format!(
            "{EXACT} --baseline {} {args}",
            self.path.display()
        ));
        let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
        // The lines are joined, as sentences are wrapped.
        (
            output.status.code(),
            shown.split_whitespace().collect::<Vec<_>>().join(" "),
        )
    }
}
