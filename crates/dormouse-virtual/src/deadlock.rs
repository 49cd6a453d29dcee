//! Nothing is ready, and nothing will be.

use std::error::Error;
use std::fmt;
use std::panic::Location;

/// The error of a [`Virtual`](crate::Virtual) on which nothing is ready and no sleep is pending:
/// whoever is blocked waits for ever.
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
/// assert!(deadlock.to_string().contains("a task hangs that was spawned at"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Deadlock {
    pub(crate) blocked_at: &'static Location<'static>,
    pub(crate) tasks: Vec<&'static Location<'static>>,
}

impl Deadlock {
    /// Where the tasks were spawned that hang, in the order of their spawning.
    #[must_use]
    pub fn tasks(&self) -> &[&'static Location<'static>] {
        &self.tasks
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "deadlock: nothing is ready and no sleep is pending, but the future blocked on at {} \
             has not ended",
            self.blocked_at
        )?;
        for task in self.tasks.iter().take(SHOWN) {
            write!(f, "\n  a task hangs that was spawned at {task}")?;
        }
        if let Some(more @ 1..) = self.tasks.len().checked_sub(SHOWN) {
            write!(f, "\n  and {more} more")?;
        }
        Ok(())
    }
}

impl Error for Deadlock {}

const SHOWN: usize = 20;
