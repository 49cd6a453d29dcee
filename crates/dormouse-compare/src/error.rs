//! Why a comparison, or a part of it, can't be done.

use std::fmt::{self, Display};

/// Why something can't be done: one line that says what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// What was asked for can't be done, and nothing was.
    Usage(String),
    /// Something went wrong on the way.
    Run(String),
}

impl Error {
    /// What was asked for can't be done.
    #[must_use]
    pub fn usage(message: impl Display) -> Self {
        Self::Usage(message.to_string())
    }

    /// Something went wrong on the way.
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
