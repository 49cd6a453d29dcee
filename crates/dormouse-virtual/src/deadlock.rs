//! The report of a deadlock or a livelock, and its words.

use std::error::Error;
use std::fmt;
use std::panic::Location;

/// The error of a [`Virtual`](crate::Virtual) whose clock will not move again, so that the blocked
/// call would never return.
///
/// Either nothing is ready and no sleep will end, or it is a [livelock](Self::is_livelock).
///
/// # Examples
///
/// ```
/// use dormouse_core::Spawner;
/// use dormouse_virtual::Virtual;
/// use std::future::pending;
///
/// let runtime = Virtual::new();
/// let deadlock = runtime.try_block_on(runtime.spawn(pending::<()>())).unwrap_err();
/// assert!(deadlock.to_string().contains("a task hangs; it was spawned at"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Deadlock {
    pub(crate) kind: Kind,
    /// The location of the call that drives the runtime.
    pub(crate) called_at: &'static Location<'static>,
    pub(crate) tasks: Vec<&'static Location<'static>>,
}

/// What keeps the clock from moving.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Nothing is ready. This many sleeps are pending, and their deadlines never come.
    Idle { sleeps: usize },
    /// This many sleeps were ready at once, or pending as before, in one poll.
    Sleeps(u64),
    /// The clock was read this many times in one poll, and showed the same time.
    Readings(u64),
    /// This many polls in a row did nothing but wake their own task.
    Wakes(u64),
    /// There were this many polls.
    Polls(u64),
}

impl Deadlock {
    /// Where the tasks that hang, or keep the clock from moving, were spawned, in that order. The
    /// future that is blocked on is not among them.
    #[must_use]
    pub fn tasks(&self) -> &[&'static Location<'static>] {
        &self.tasks
    }

    /// Whether it is a livelock: tasks run for ever while the clock stands still.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{Sleeper, timeout};
    /// use dormouse_virtual::Virtual;
    /// use std::time::Duration;
    ///
    /// let runtime = Virtual::new();
    /// let endless = async {
    ///     loop {
    ///         runtime.sleep(Duration::ZERO).await; // ready at once: lets no other task run
    ///     }
    /// };
    /// let limited = timeout(&runtime, Duration::from_millis(10), endless);
    /// let error = runtime.try_block_on(limited).unwrap_err();
    /// assert!(error.is_livelock());
    /// ```
    #[must_use]
    pub fn is_livelock(&self) -> bool {
        !matches!(self.kind, Kind::Idle { .. })
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.called_at;
        match self.kind {
            Kind::Idle { sleeps: 0 } => write!(
                f,
                "deadlock: nothing is ready and no sleep is pending, but the future blocked on at \
                 {at} has not ended"
            )?,
            Kind::Idle { sleeps } => write!(
                f,
                "deadlock: nothing is ready, and no pending sleep ({sleeps} in all) has a deadline \
                 that ever comes, but the future blocked on at {at} has not ended"
            )?,
            Kind::Sleeps(count) => write!(
                f,
                "livelock: {count} sleeps in one poll were all ready at once, or polled again too \
                 early, so the clock stands still in the call at {at}. `sleep(ZERO)` does not yield: \
                 use `yield_now`, or sleep longer, which moves the clock"
            )?,
            Kind::Readings(count) => write!(
                f,
                "livelock: {count} readings of the clock in one poll all gave the same time, as it \
                 stands still until that poll ends, in the call at {at}. A loop that waits for the \
                 clock must await a sleep"
            )?,
            Kind::Wakes(count) => write!(
                f,
                "livelock: {count} polls in a row did nothing but wake their own task, so the \
                 clock stands still in the call at {at}"
            )?,
            Kind::Polls(count) => write!(
                f,
                "livelock: the clock stands still after {count} polls, in the call at {at}"
            )?,
        }
        let does = if self.is_livelock() {
            "runs on"
        } else {
            "hangs"
        };
        for task in self.tasks.iter().take(SHOWN) {
            write!(f, "\n  a task {does}; it was spawned at {task}")?;
        }
        if let Some(more @ 1..) = self.tasks.len().checked_sub(SHOWN) {
            write!(f, "\n  and {more} more")?;
        }
        Ok(())
    }
}

impl Error for Deadlock {}

const SHOWN: usize = 20;
