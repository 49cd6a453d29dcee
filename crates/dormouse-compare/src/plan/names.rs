//! The names of rows, workloads and figures, which everything that is printed goes by.

use crate::error::Error;
use crate::escape::misleads;
use crate::plan::PlannedRow;
use crate::runner::{Place, Runner};
use crate::workload::{About, Builtin};

/// Checks that each row has a name of its own, in one line.
pub(super) fn check_rows<W>(runners: &[Runner<W>]) -> Result<(), Error> {
    let names: Vec<&str> = runners.iter().map(|runner| runner.name.trim()).collect();
    each_is_its_own("row", &names)?;
    let is_real = |runner: &&Runner<W>| runner.place == Place::Everywhere && !runner.is_virtual();
    match runners.iter().find(is_real) {
        Some(real) if runners.iter().any(Runner::is_virtual) => Err(Error::usage(format_args!(
            "virtual time is not comparable with that of {}: compare virtual alone",
            real.name
        ))),
        _ => Ok(()),
    }
}

/// Checks that no two rows have one name: a user's own may be called as another with its threads, or
/// as the control.
pub(super) fn check_engines(rows: &[PlannedRow]) -> Result<(), Error> {
    for (place, row) in rows.iter().enumerate() {
        let name = &row.engine.name;
        let is_like = |other: &PlannedRow| other.engine.name == *name && other.key() == row.key();
        if rows[..place].iter().any(is_like) {
            return Err(Error::usage(format_args!(
                "two rows are called {name}: give each a name of its own"
            )));
        }
    }
    Ok(())
}

/// Checks that each workload has a name of its own, that the names of a user's own are not taken by
/// those that come with the comparison, that each figure has a key of its own, and that all words are one
/// line.
pub(super) fn check_workloads(workloads: &[About], are_builtin: bool) -> Result<(), Error> {
    let names: Vec<&str> = workloads.iter().map(|about| about.name.trim()).collect();
    each_is_its_own("workload", &names)?;
    let is_taken = |name: &&str| Builtin::ALL.iter().any(|builtin| builtin.name() == *name);
    if let Some(name) = names.into_iter().find(is_taken).filter(|_| !are_builtin) {
        return Err(Error::usage(format_args!(
            "a workload that comes with the comparison is called {name}: give yours another name"
        )));
    }
    for about in workloads {
        let figures = || about.figures.iter();
        for (place, figure) in figures().enumerate() {
            let mut before = figures().take(place);
            // The histogram of a run has that name.
            if figure.key == "lateness" || before.any(|other| other.key == figure.key) {
                return Err(Error::usage(format_args!(
                    "a figure of the workload {} has the key {}, which is taken: give it another key",
                    about.name, figure.key
                )));
            }
        }
        let words = figures().flat_map(|figure| [&figure.key, &figure.title]);
        for label in words.clone().chain([&about.things, &about.operation]) {
            is_short(&format!("a label of the workload {}", about.name), label)?;
        }
        let concerns = figures().filter_map(|figure| figure.concern.as_ref());
        let others = [&about.title, &about.things, &about.operation];
        for word in words.chain(concerns).chain(others) {
            is_one_line(&format!("a label of the workload {}", about.name), word)?;
            if word.trim().is_empty() {
                return Err(Error::usage(format_args!(
                    "a label of the workload {} is empty: give its title, what it counts, and each figure a \
                     name",
                    about.name
                )));
            }
        }
    }
    Ok(())
}

fn each_is_its_own(what: &str, names: &[&str]) -> Result<(), Error> {
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(Error::usage(format_args!(
                "a {what} has no name: give it one"
            )));
        }
        is_one_line(&format!("the name of a {what}"), name)?;
        is_short(&format!("the name of a {what}"), name)?;
        if names[..place].contains(name) {
            return Err(Error::usage(format_args!(
                "two {what}s are called {name}: give each a name of its own"
            )));
        }
    }
    Ok(())
}

/// Refuses what would make a table too wide to be read.
fn is_short(what: &str, text: &str) -> Result<(), Error> {
    let length = text.chars().count();
    if length > LONGEST_NAME {
        Err(Error::usage(format_args!(
            "{what}, {text}, has {length} characters: give at most {LONGEST_NAME}"
        )))
    } else {
        Ok(())
    }
}

/// How many characters a name may have: the first figures still have room beside it in a wide terminal.
const LONGEST_NAME: usize = 60;

fn is_one_line(what: &str, text: &str) -> Result<(), Error> {
    // A page shows what is between two backticks as code.
    if text.contains(|letter| letter == '`' || misleads(letter)) {
        Err(Error::usage(format_args!(
            "{what} is {text:?}: leave out backticks, line breaks and other invisible characters"
        )))
    } else {
        Ok(())
    }
}
