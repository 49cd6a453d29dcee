//! What the driving thread runs.

use std::panic::Location;
use std::sync::Arc;
use std::thread::ThreadId;

use crate::world::blocked::Blocked;
use crate::world::job::Job;

/// Something that is ready.
pub(crate) enum Ready {
    /// A future that a thread blocks on.
    Blocked(Arc<Blocked>),
    Job(Arc<Job>),
    /// A thread that wants to drive.
    Turn(ThreadId),
}

// So that the two need not know this type.
impl From<Arc<Blocked>> for Ready {
    fn from(blocked: Arc<Blocked>) -> Self {
        Self::Blocked(blocked)
    }
}

impl From<Arc<Job>> for Ready {
    fn from(job: Arc<Job>) -> Self {
        Self::Job(job)
    }
}

impl Ready {
    /// The only thread that can poll it, if there is one.
    pub(crate) fn thread(&self) -> Option<ThreadId> {
        match self {
            Self::Blocked(blocked) => Some(blocked.thread),
            Self::Job(job) => job.thread(),
            Self::Turn(thread) => Some(*thread),
        }
    }

    /// Whether it has ended since it became ready.
    pub(crate) fn is_over(&self) -> bool {
        match self {
            Self::Blocked(blocked) => blocked.has_ended(),
            Self::Job(job) => job.has_ended(),
            Self::Turn(_) => false,
        }
    }

    pub(crate) fn is_turn(&self) -> bool {
        matches!(self, Self::Turn(_))
    }

    pub(crate) fn spawned_at(&self) -> Option<&'static Location<'static>> {
        match self {
            Self::Job(job) => Some(job.spawned_at),
            Self::Blocked(_) | Self::Turn(_) => None,
        }
    }

    /// Unique while this value exists.
    pub(crate) fn address(&self) -> usize {
        match self {
            Self::Blocked(blocked) => Arc::as_ptr(blocked).addr(),
            Self::Job(job) => Arc::as_ptr(job).addr(),
            Self::Turn(_) => 0,
        }
    }
}
