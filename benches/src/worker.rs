//! A run in a process of its own: runtimes have threads and allocators have memories that the
//! next run would inherit.

use std::error::Error;
use std::fmt;
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use serde::de::DeserializeOwned;

/// Runs the command and returns what it prints: one object of JSON, on the last line.
///
/// # Errors
///
/// [`WorkerError`] if it cannot be started, fails, prints something else or takes longer than
/// `limit`, when it is killed.
pub fn run<T: DeserializeOwned>(command: &mut Command, limit: Duration) -> Result<T, WorkerError> {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut worker = child.map_err(WorkerError::Start)?;
    let stdout = read(worker.stdout.take());
    let stderr = read(worker.stderr.take());
    // The end of its output is the end of the worker. Nothing runs here until then.
    let Ok(stdout) = stdout.recv_timeout(limit) else {
        kill(&mut worker);
        return Err(WorkerError::Hang(limit));
    };
    let status = worker.wait().map_err(WorkerError::Start)?;
    if !status.success() {
        let message = stderr.recv_timeout(Duration::from_secs(1));
        return Err(WorkerError::Crash(status, message.unwrap_or_default()));
    }
    let last = stdout.lines().last().unwrap_or_default();
    serde_json::from_str(last).map_err(|_| WorkerError::Output(last.to_owned()))
}

/// Why a worker has no result.
#[derive(Debug)]
pub enum WorkerError {
    /// The system did not start it.
    Start(io::Error),
    /// It ended otherwise than well, with these words.
    Crash(ExitStatus, String),
    /// It was killed after this time.
    Hang(Duration),
    /// It printed this.
    Output(String),
}

impl fmt::Display for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => write!(f, "cannot be started: {error}"),
            Self::Crash(status, words) => {
                let words = words.lines().find(|line| !line.trim().is_empty());
                write!(f, "crashed ({status}): {}", words.unwrap_or("no words"))
            }
            Self::Hang(limit) => write!(f, "killed after {limit:?}"),
            Self::Output(output) => write!(f, "printed no figures, but {output:?}"),
        }
    }
}

impl Error for WorkerError {}

fn read(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is still worth showing.
            let _ = pipe.read_to_end(&mut text);
        }
        let _ = sender.send(String::from_utf8_lossy(&text).into_owned());
    });
    receiver
}

fn kill(worker: &mut Child) {
    // An error is a worker that has just ended.
    let _ = worker.kill();
    let _ = worker.wait();
}
