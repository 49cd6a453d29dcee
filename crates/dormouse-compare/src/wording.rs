//! How messages name what a program was given.

use std::fmt;

use crate::workload::Builtin;

/// What a message can tell the user of a program to give it, or to give it otherwise.
///
/// As text it is named in the terms of this library: `Input::Rounds(20)` is "`` `.rounds(20)` ``", a
/// method of [`Comparison`](crate::Comparison).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Input {
    /// So many rounds.
    Rounds(usize),
    /// How many waits, tasks, pairs or tickers at once.
    N,
    /// The longest delays.
    MaxDelays,
    /// These workloads.
    Workloads(Vec<Builtin>),
    /// The runtimes that are compared.
    Runtimes,
    /// The modes.
    Modes,
    /// The numbers of threads.
    Threads,
    /// One thread for each runtime.
    OneThread,
    /// The busy tasks of the workload load.
    Busy,
    /// The time after which a run counts as hanging.
    Limit,
    /// What writes a report that can be read again.
    Report,
    /// What writes a report that can be a baseline.
    Baseline,
}

/// Names an input in the terms of a program's user, as part of a sentence and with backticks around
/// what is code.
///
/// A program with a command line of its own gives one to
/// [`Comparison::wording`](crate::Comparison::wording):
///
/// ```
/// use dormouse_compare::{Input, Wording};
///
/// let wording: Wording = |input| match input {
///     Input::Rounds(rounds) => format!("`cargo bench -- {rounds}`"),
///     // What the command line does not set is set in the program.
///     other => other.to_string(),
/// };
/// assert_eq!(wording(&Input::Rounds(20)), "`cargo bench -- 20`");
/// assert_eq!(wording(&Input::Modes), "`.modes(..)`");
/// ```
pub type Wording = fn(&Input) -> String;

/// The wording of a program that does not give another one.
pub(crate) fn of_library() -> Wording {
    ToString::to_string
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rounds(rounds) => return write!(f, "`.rounds({rounds})`"),
            Self::Workloads(workloads) => {
                let names = workloads.iter().map(|name| format!("`Builtin::{name:?}`"));
                return f.write_str(&names.collect::<Vec<_>>().join(", "));
            }
            Self::N => "`.n(..)`",
            Self::MaxDelays => "`.max_delays(..)`",
            Self::Runtimes => "`.configuration(..)`, `.built_in(..)`",
            Self::Modes => "`.modes(..)`",
            Self::Threads => "`.threads(..)`",
            Self::OneThread => "`.threads([NonZeroUsize::MIN])`",
            Self::Busy => "`.busy(..)`",
            Self::Limit => "`.limit(..)`",
            Self::Report | Self::Baseline => "`Report::json`",
        })
    }
}
