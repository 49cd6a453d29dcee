//! Signals, such as Ctrl-C, end a comparison with the runs that it has.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use dormouse_compare::machine;
use dormouse_compare::program::remedy;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::failure::Failure;

/// Installs the handlers, and returns the number of the signal that came; 0 until one does.
pub(crate) fn watch() -> Result<Arc<AtomicUsize>, Failure> {
    let came = Arc::new(AtomicUsize::new(0));
    let mut signals = vec![SIGINT, SIGTERM];
    #[cfg(unix)]
    signals.extend(unix::SIGNALS);
    signals.retain(|signal| !is_ignored(*signal));
    for &signal in &signals {
        let number = signal.unsigned_abs() as usize;
        signal_hook::flag::register_usize(signal, Arc::clone(&came), number)
            .map_err(|error| unwatched(&error))?;
    }
    #[cfg(unix)]
    unix::prepare(signals).map_err(|error| unwatched(&error))?;
    Ok(came)
}

/// There is no room for the thread that watches, or for its pipe.
fn unwatched(error: &std::io::Error) -> Failure {
    let remedy = remedy(error);
    Failure::run(format_args!("cannot watch for signals: {error}{remedy}"))
}

/// Handles SIGXFSZ, so a write over the limit returns an error instead of killing the process; and
/// SIGCHLD if whoever started the command ignores it, as then the exit status of a run is lost.
pub(crate) fn prepare() {
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGCHLD, SIGXFSZ};

        let is_lost = machine::ignores_signal(SIGCHLD.unsigned_abs());
        for signal in [SIGXFSZ].into_iter().chain(is_lost.then_some(SIGCHLD)) {
            let came = Arc::new(std::sync::atomic::AtomicBool::new(false));
            // If it fails, such a write ends the command, or the runs fail.
            let _ = signal_hook::flag::register(signal, came);
        }
    }
}

/// Whether a signal is SIGHUP and is to be ignored, as under `nohup`.
///
/// A shell also makes the programs that it runs in the background ignore Ctrl-C. That is not followed
/// here: someone who sends SIGINT to a comparison by its process id wants it to end.
fn is_ignored(signal: i32) -> bool {
    cfg!(unix) && signal == HANGUP && machine::ignores_signal(HANGUP.unsigned_abs())
}

/// The number of SIGHUP on every Unix.
const HANGUP: i32 = 1;

#[cfg(unix)]
mod unix {
    use std::io;
    use std::thread;
    use std::time::{Duration, Instant};

    use signal_hook::consts::{SIGALRM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGXCPU};
    use signal_hook::iterator::Signals;

    /// Signals that would end the process at once, and that a user, a shell or a limit of CPU time
    /// (`ulimit`) sends.
    pub(super) const SIGNALS: [i32; 6] = [SIGHUP, SIGQUIT, SIGXCPU, SIGALRM, SIGUSR1, SIGUSR2];

    /// Ends the command some time after a signal, or at once if a signal comes again, because writing
    /// the results may block on a pipe that nobody reads.
    pub(super) fn prepare(signals: Vec<i32>) -> io::Result<()> {
        let mut coming = Signals::new(signals)?;
        thread::Builder::new().spawn(move || {
            let mut first = None;
            for signal in coming.forever() {
                let first = *first.get_or_insert_with(|| {
                    let _ = thread::Builder::new().spawn(move || end_late(signal));
                    Instant::now()
                });
                if first.elapsed() > PATIENCE {
                    std::process::exit(128 + signal);
                }
            }
        })?;
        Ok(())
    }

    /// Ends the command if it is still there long after a signal.
    fn end_late(signal: i32) {
        thread::sleep(LONG);
        std::process::exit(128 + signal);
    }

    /// How long writing the results may take after a signal.
    const LONG: Duration = Duration::from_secs(10);

    /// For how long further signals are taken for the first one.
    const PATIENCE: Duration = Duration::from_secs(2);
}
