//! How the command ends when it can't do what was asked.

use std::fmt::{self, Display};
use std::process::ExitCode;

/// Why the command does not end well, and with which status.
#[derive(Debug)]
pub(crate) struct Failure {
    /// One line, or none where all has been said.
    message: Option<String>,
    status: u8,
}

impl Failure {
    /// What was asked for can't be done: one line that names the value and the remedy, status 2.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self {
            message: Some(message.to_string()),
            status: 2,
        }
    }

    /// Something went wrong on the way: status 1.
    pub(crate) fn run(message: impl Display) -> Self {
        Self {
            message: Some(message.to_string()),
            status: 1,
        }
    }

    /// The output has said it already: status 1.
    pub(crate) fn said() -> Self {
        Self {
            message: None,
            status: 1,
        }
    }

    /// Somebody ended it; what was finished has been printed. The status is the shell's for that.
    pub(crate) fn stopped() -> Self {
        Self {
            message: None,
            status: 130,
        }
    }

    pub(crate) fn report(&self) -> ExitCode {
        if let Some(message) = &self.message {
            eprintln!("dormouse: {message}");
        }
        ExitCode::from(self.status)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.as_deref().unwrap_or_default())
    }
}

/// clap says it in several paragraphs, of which the first has the value and what is wrong with it.
impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        let text = error.to_string();
        let paragraph: Vec<&str> = text
            .lines()
            .map(str::trim)
            .take_while(|line| !line.is_empty())
            .collect();
        let line = paragraph.join(" ");
        let line = line.strip_prefix("error: ").unwrap_or(&line);
        Self::usage(format_args!("{line} (try `dormouse --help`)"))
    }
}
