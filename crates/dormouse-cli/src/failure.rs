//! The error of a command, which decides its message and its exit status.

use std::ffi::OsString;
use std::fmt::{self, Display};

use anstream::adapter::strip_str;
use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue};
use dormouse_compare::Error;
use dormouse_compare::program::{escaped, nearest};

use crate::args::Args;

/// Why the command failed, and its exit status.
#[derive(Debug)]
pub(crate) struct Failure {
    /// One line, or none if the output has said it already.
    pub(crate) message: Option<String>,
    pub(crate) status: u8,
}

impl Failure {
    /// The command line can't be done: a line that names the value and the remedy, status 2.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(Some(message.to_string()), 2)
    }

    /// Something went wrong during the run: status 1.
    pub(crate) fn run(message: impl Display) -> Self {
        Self::new(Some(message.to_string()), 1)
    }

    /// The output has said it already: status 1.
    pub(crate) fn said() -> Self {
        Self::new(None, 1)
    }

    /// A signal ended the command, after the finished runs were shown: status 128 plus the signal.
    pub(crate) fn stopped(signal: usize) -> Self {
        Self::new(None, 128 + u8::try_from(signal).unwrap_or(2))
    }

    fn new(message: Option<String>, status: u8) -> Self {
        Self { message, status }
    }

    /// Makes one line of clap's error: its first paragraph, which names the value and what is wrong
    /// with it, the suggestion from the error's context, and the help of the subcommand.
    pub(crate) fn refused(error: &clap::Error, line: impl IntoIterator<Item = OsString>) -> Self {
        let whole = Args::command();
        let subcommand = line.into_iter().nth(1);
        let subcommand = subcommand.and_then(|name| whole.find_subcommand(name));
        let help = subcommand.map_or("dormouse".to_owned(), |command| {
            format!("dormouse {}", command.get_name())
        });
        let text = text(error);
        let paragraph: Vec<&str> = text
            .lines()
            .map(str::trim)
            .take_while(|line| !line.is_empty())
            .collect();
        let said = paragraph.join(" ");
        let said = said.strip_prefix("error: ").unwrap_or(&said);
        let meant = [
            ContextKind::SuggestedSubcommand,
            ContextKind::SuggestedArg,
            ContextKind::SuggestedValue,
        ];
        let typed = match error.get(ContextKind::InvalidSubcommand) {
            Some(ContextValue::String(typed)) => typed.as_str(),
            _ => "",
        };
        let meant = meant.into_iter().find_map(|kind| match error.get(kind)? {
            ContextValue::String(name) => Some(name.as_str()),
            ContextValue::Strings(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                nearest(typed, &names).or(names.last().copied())
            }
            _ => None,
        });
        // clap finds none that is in capitals.
        let names = whole.get_subcommands().map(clap::Command::get_name);
        let meant = meant.or_else(|| nearest(typed, &names.collect::<Vec<_>>()));
        let meant = meant.map_or(String::new(), |name| format!("; did you mean `{name}`?"));
        Self::usage(format_args!("{said}{meant} (try `{help} --help`)"))
    }
}

/// The text of clap's error, with what was typed as it is: clap leaves out what styles a terminal, so
/// that a value with such a character looks like a valid one.
fn text(error: &clap::Error) -> String {
    let kinds = [
        ContextKind::InvalidValue,
        ContextKind::InvalidArg,
        ContextKind::InvalidSubcommand,
    ];
    let typed = kinds.into_iter().filter_map(|kind| match error.get(kind) {
        Some(ContextValue::String(typed)) => Some((strip_str(typed).to_string(), escaped(typed))),
        _ => None,
    });
    typed.fold(error.to_string(), |text, (shown, typed)| {
        text.replacen(&format!("'{shown}'"), &format!("'{typed}'"), 1)
    })
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.as_deref().unwrap_or_default())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Usage(message) => Self::usage(message),
            other => Self::run(other),
        }
    }
}
