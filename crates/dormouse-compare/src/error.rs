//! The errors of a comparison.

use std::fmt::{self, Display};

/// Why a comparison, or a part of it, failed: one line.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// What was asked for can't be done; nothing was run. The line says what to do instead.
    Usage(String),
    /// Something went wrong during the run.
    Run(String),
}

impl Error {
    /// An [`Error::Usage`].
    #[must_use]
    pub fn usage(message: impl Display) -> Self {
        Self::Usage(message.to_string())
    }

    /// An [`Error::Run`].
    #[must_use]
    pub fn run(message: impl Display) -> Self {
        Self::Run(message.to_string())
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Run(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {}
