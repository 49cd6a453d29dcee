//! The process of a run, while it runs.

use std::io::Read;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::shortage::remedy;
use crate::wording::{Input, Wording};

/// Waits for a worker, whose failure begins with `mark`, and returns its output; the coordinator does
/// nothing else meanwhile.
pub(super) fn watch(
    mut worker: Child,
    mark: &str,
    limit: Duration,
    stop: &AtomicUsize,
    wording: Wording,
) -> Result<String, RunError> {
    let pipes = read(worker.stdout.take()).and_then(|said| Ok((said, read(worker.stderr.take())?)));
    let (said, complained) = match pipes {
        Ok(pipes) => pipes,
        Err(error) => {
            let _ = worker.kill();
            let _ = worker.wait();
            let remedy = remedy(&error);
            return Err(
                format!("cannot start a thread to read its output: {error}{remedy}").into(),
            );
        }
    };
    let start = Instant::now();
    let mut was_stopped = false;
    let report = loop {
        let left = limit.saturating_sub(start.elapsed());
        let looked = Instant::now();
        let report = said.recv_timeout(left.min(TICK));
        was_stopped |= looked.elapsed() > TICK + STOPPED;
        match report {
            Ok(report) => break Some(report),
            Err(_) if start.elapsed() < limit && stop.load(Relaxed) == 0 => {}
            // The thread that reads may have been stopped, too.
            Err(_) if !was_stopped && matches!(worker.try_wait(), Ok(Some(_))) => {
                let words = "a process that it started outlives it: end what a workload starts";
                return Err(words.to_owned().into());
            }
            Err(_) => {
                // An error means that the worker has ended meanwhile.
                let _ = worker.kill();
                break None;
            }
        }
    };
    let status = worker
        .wait()
        .map_err(|error| format!("its process was lost: {error}"))?;
    match report {
        _ if was_stopped && stop.load(Relaxed) == 0 => Err(RunError::Stopped),
        None => Err(format!(
            "had not ended after {} s, the limit of a run ({})",
            limit.as_secs_f64(),
            wording(&Input::Limit)
        )
        .into()),
        Some(report) if status.success() => Ok(report),
        Some(_) => Err(failure(status, mark, &complained.recv().unwrap_or_default()).into()),
    }
}

/// Why a run has no result.
#[derive(Debug)]
pub(super) enum RunError {
    /// It failed, for this reason.
    Failed(String),
    /// Not counted: the coordinator was suspended, so the run may have been too.
    Stopped,
}

impl From<String> for RunError {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

/// How often the watch looks whether to go on.
const TICK: Duration = Duration::from_millis(200);

/// A thread that sleeps for so much longer was not only late: its process was stopped, by Ctrl-Z or a
/// debugger, and continued, or other programs kept it from running.
const STOPPED: Duration = Duration::from_millis(500);

/// Reads a pipe to its end in a thread of its own.
fn read(pipe: Option<impl Read + Send + 'static>) -> std::io::Result<Receiver<String>> {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // An output that is cut off by an error is found not to be a report.
            let _ = pipe.read_to_end(&mut bytes);
        }
        // An error means that the receiver is gone, because the worker was killed.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    })?;
    Ok(receiver)
}

/// Why a worker failed, in one line.
fn failure(status: ExitStatus, mark: &str, complained: &str) -> String {
    if let Some(said) = complained.lines().find_map(|line| line.strip_prefix(mark)) {
        return said.to_owned();
    }
    let lines = complained
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let words: Vec<&str> = lines.take(2).collect();
    match words.join(" ") {
        line if line.is_empty() => format!("crashed: {status}"),
        line => format!("crashed: {status}: {line}"),
    }
}
