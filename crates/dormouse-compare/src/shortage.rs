//! Memory that waits need and the machine has not.

use std::fmt;
use std::io;

use crate::engine::Mode;
use crate::machine;
use crate::units;

/// More memory is needed than is free.
#[derive(Clone, Copy, Debug)]
pub struct Shortage {
    needed: u128,
    free: u64,
    /// How many waits there is memory for.
    pub most: u128,
}

impl Shortage {
    /// What so many waits of `wait_n` lack in this mode; `None` if there is enough, or the system does
    /// not tell.
    #[must_use]
    pub fn of_waits(n: usize, mode: Mode) -> Option<Self> {
        Self::of_bytes(n, bytes_per_wait(mode))
    }

    /// What n things lack that take so many bytes each.
    pub(crate) fn of_bytes(n: usize, bytes: u128) -> Option<Self> {
        let (needed, free) = (n as u128 * bytes, machine::available_bytes()?);
        (needed > u128::from(free)).then(|| Self {
            needed,
            free,
            most: u128::from(free) / bytes,
        })
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "some {} of memory, and {} are free",
            units::bytes(self.needed as f64),
            units::bytes(self.free as f64)
        )
    }
}

/// A little more than the most that any runtime was measured to take.
pub(crate) fn bytes_per_wait(mode: Mode) -> u128 {
    match mode {
        Mode::Join => 200,
        Mode::Coalesced => 16,
        _ => 480,
    }
}

/// Why the machine has no room for so many threads, in a line that begins with `what` they are; `None`
/// if it has.
#[must_use]
pub fn too_many_threads(threads: usize, what: impl fmt::Display) -> Option<String> {
    match machine::most_threads() {
        most if threads <= most => None,
        0 => Some(format!(
            "the limit of processes leaves no room for {what}: raise it (`ulimit -u`)"
        )),
        most => Some(format!(
            "{what} are more than this machine has room for: ask for {most} or fewer"
        )),
    }
}

/// What to do if the system has no room for a process, a thread or a file: the end of an error's line.
#[must_use]
pub fn remedy(error: &io::Error) -> &'static str {
    // That of every Unix: too many open files.
    const EMFILE: i32 = 24;

    match error.raw_os_error() {
        Some(EMFILE) if cfg!(unix) => ": raise the limit of open files (`ulimit -n`)",
        _ if error.kind() == io::ErrorKind::WouldBlock => {
            ": raise the limit of processes (`ulimit -u`)"
        }
        _ => "",
    }
}
