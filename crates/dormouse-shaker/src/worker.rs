//! One run in a process of its own: it reads the program from standard input, and writes what
//! happened to standard output.

use std::io::{self, Read, Write};
use std::panic;
use std::process;
use std::sync::Mutex;

use crate::kind::Job;
use crate::log::Log;
use crate::runtimes::find;
use crate::stage::bombs::{Explosive, Ours, text};

/// Runs the job that standard input gives.
pub(crate) fn work() -> io::Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let job: Job = serde_json::from_str(&text)?;
    note_foreign_panics();
    let log = Log::new();
    let kind = find(&job.runtime).expect("the coordinator knows the names");
    (kind.run)(kind, &job, &log);
    for foreign in FOREIGN.lock().expect("nothing panics under it").drain(..) {
        log.wrong(format!("a foreign panic: {foreign}"));
    }
    let told = serde_json::to_string(&log.told())?;
    let mut out = io::stdout().lock();
    writeln!(out, "{told}")?;
    out.flush()?;
    // Tasks on ambient runtimes may never end.
    process::exit(0);
}

/// Panics that the program did not make, wherever they were caught.
static FOREIGN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn note_foreign_panics() {
    panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        if payload.is::<Ours>() || payload.is::<Explosive>() {
            return;
        }
        let text = info.payload_as_str().unwrap_or_else(|| text(&""));
        if EXPECTED.iter().any(|expected| text.contains(expected)) {
            return;
        }
        eprintln!("{info}");
        let place = info.location().map_or(String::new(), ToString::to_string);
        FOREIGN
            .lock()
            .expect("nothing panics under it")
            .push(format!("{text} ({place})"));
    }));
}

/// The panics that the contract promises, and the one by which tokio tells a sleep that its runtime
/// goes: the sleep catches it, but the hook has seen it by then.
const EXPECTED: [&str; 3] = [
    "polled after it had resolved",
    "inside of a task or of another `block_on`",
    "it is being shutdown",
];
