//! Runs a program on a runtime, in a process of its own, and compares it with the model.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::kind::{Job, Kind};
use crate::log::Told;
use crate::model::{Allowed, Profile, TICK, Time};
use crate::program::{Program, Step};

/// What is wrong with a run.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// The process ended without a report.
    Lost(String),
    /// It did not end.
    Hung,
    /// Wrong in any program, or not allowed by the model.
    Wrong(Vec<String>),
}

/// The verdict on a program on a runtime.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    Clean,
    /// It differed once, but not when it was run again.
    Once(Vec<String>),
    Failed(Fault),
    /// The machine was too busy each time.
    Busy,
}

/// The limits of a check.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) limit: Duration,
    pub(crate) schedules: usize,
}

pub(crate) const USUAL: Patience = Patience {
    limit: Duration::from_secs(60),
    schedules: 5_000,
};

/// For the many candidates of a shrink.
pub(crate) const SHORT: Patience = Patience {
    limit: Duration::from_secs(5),
    schedules: 2_000,
};

/// Runs a program; again, with longer ticks, if the machine was too busy for its times.
pub(crate) fn check(
    program: &Program,
    kind: &Kind,
    allowed: &mut Allowed,
    patience: Patience,
) -> Verdict {
    let keeps_threads = program.any(|step| matches!(step, Step::Block(_) | Step::BusyTimeout(_)));
    let mut once = None;
    for tick in TICKS {
        let told = match run(program, kind, allowed, tick, patience.limit) {
            Ok(told) => told,
            Err(fault) => return Verdict::Failed(fault),
        };
        let late = Duration::from_millis(told.late) > tick * 9 / 10 && !keeps_threads;
        let disturbed = Duration::from_millis(told.disturbed) > tick / 2;
        let slowest = tick == TICKS[TICKS.len() - 1];
        let busy = disturbed || late && !slowest;
        let mut differences = allowed.differences(&told.seen);
        if !differences.is_empty() && !busy {
            allowed.add(program, kind.profile, patience.schedules);
            differences = allowed.differences(&told.seen);
        }
        let never = told.wrong.iter().any(|wrong| !wrong.contains("is late by"));
        let wrong: Vec<_> = told.wrong.into_iter().chain(differences).collect();
        if wrong.is_empty() {
            return once.map_or(Verdict::Clean, Verdict::Once);
        }
        if never || !busy && (once.is_some() || slowest) {
            return Verdict::Failed(Fault::Wrong(wrong));
        }
        if !busy {
            once = Some(wrong);
        }
    }
    once.map_or(Verdict::Busy, Verdict::Once)
}

/// The length of a tick in the first run, and in those after it.
const TICKS: [Duration; 3] = [
    Duration::from_millis(10),
    Duration::from_millis(40),
    Duration::from_millis(200),
];

/// What the model allows after the first schedules; `check` may add more.
pub(crate) fn allowed(program: &Program, profile: Profile) -> Allowed {
    Allowed::of(program, profile, 300)
}

fn run(
    program: &Program,
    kind: &Kind,
    allowed: &Allowed,
    tick: Duration,
    limit: Duration,
) -> Result<Told, Fault> {
    let job = Job {
        runtime: kind.name.into(),
        tick,
        program: program.clone(),
        unended: allowed.unended.unwrap_or(0),
        end: scaled(allowed.end, tick),
    };
    let job = serde_json::to_string(&job).expect("a job is plain data");
    let program = std::env::current_exe().expect("this program's path");
    let mut child = Command::new(program)
        .arg("worker")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("another process");
    // A worker that dies at once closes its end of the pipe.
    let _ = child.stdin.take().expect("piped").write_all(job.as_bytes());
    let out = read(child.stdout.take().expect("piped"));
    let err = read(child.stderr.take().expect("piped"));
    let Some(status) = wait(&mut child, limit) else {
        return Err(Fault::Hung);
    };
    let out = out.join().expect("it does not panic");
    let told = serde_json::from_str(&out).ok().filter(|_| status.success());
    told.ok_or_else(|| {
        let err = err.join().expect("it does not panic");
        Fault::Lost(format!("{status}: {}", err.trim()))
    })
}

fn scaled(time: Time, tick: Duration) -> Duration {
    tick.mul_f64(time as f64 / TICK as f64)
}

fn read(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(3));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}
