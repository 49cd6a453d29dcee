//! The values of options, and their parsers; the error says what to give instead of a bad value.

use std::num::{IntErrorKind, NonZeroUsize, ParseIntError};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::CommandFactory;
use clap::builder::{OsStringValueParser, TypedValueParser};
use dormouse::MaxDelay;
use dormouse_compare::program::{Fault, nearest};
use dormouse_compare::{Builtin, Mode};

use crate::args::Args;

/// One workload, or all of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Workloads {
    All,
    One(Builtin),
}

/// The target of an export.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Target {
    Stdout,
    File(PathBuf),
}

/// A parser of text that names a value which is not UTF-8; clap's own names neither it nor the option.
pub(super) fn text<T: Clone + Send + Sync + 'static>(
    parse: fn(&str) -> Result<T, String>,
) -> impl TypedValueParser<Value = T> {
    OsStringValueParser::new().try_map(move |value| match value.to_str() {
        Some(text) => parse(text),
        None => Err("it is not UTF-8: give text".into()),
    })
}

pub(super) fn waits(text: &str) -> Result<usize, String> {
    whole(text, "waits", 0)
}

pub(super) fn threads(text: &str) -> Result<NonZeroUsize, String> {
    some(text, "threads")
}

/// A number of these things, of which there must be one.
pub(super) fn some(text: &str, what: &str) -> Result<NonZeroUsize, String> {
    whole(text, what, 1)
}

pub(super) fn seed(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("a seed is a whole number from 0 to {}", u64::MAX))
}

fn whole<T>(text: &str, what: &str, least: usize) -> Result<T, String>
where
    T: FromStr<Err = ParseIntError>,
{
    text.parse()
        .map_err(|error: ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow => format!("give {} {what} or fewer", usize::MAX),
            _ => format!("give a whole number of {what}, {least} or more"),
        })
}

pub(super) fn max_delay(text: &str) -> Result<MaxDelay, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "give a number of seconds, such as 10 or 0.25".to_owned())?;
    let max_delay = MaxDelay::try_from(seconds).map_err(|error| error.to_string())?;
    // Less than half a nanosecond would silently become no delay.
    if seconds > 0.0 && Duration::from(max_delay).is_zero() {
        return Err("give 0, or a nanosecond (1e-9) or more".into());
    }
    Ok(max_delay)
}

/// A file with any name, or standard output if there is no name.
pub(super) fn target() -> impl TypedValueParser<Value = Target> {
    OsStringValueParser::new().try_map(|name| match name.to_str() {
        Some("") => Err("give the name of a file, or none for standard output"),
        Some("-") => Ok(Target::Stdout),
        _ => Ok(Target::File(PathBuf::from(name))),
    })
}

pub(super) fn mode(text: &str) -> Result<Mode, String> {
    named("mode", text, &Mode::ALL.map(|mode| (mode.name(), mode)))
}

/// A mode of `wait-n` and `measure-time`, which use none of the runtime's own timers directly.
pub(super) fn mode_of_waits(text: &str) -> Result<Mode, String> {
    let modes = [Mode::Join, Mode::Spawn, Mode::Coalesced];
    named("mode", text, &modes.map(|mode| (mode.name(), mode)))
}

pub(super) fn workload(text: &str) -> Result<Workloads, String> {
    let one = |workload: Builtin| (workload.name(), Workloads::One(workload));
    let mut all = Builtin::ALL.map(one).to_vec();
    all.push(("all", Workloads::All));
    named("workload", text, &all)
}

/// A command, by its name.
pub(super) fn command(text: &str) -> Result<String, String> {
    let whole = Args::command();
    let names = whole.get_subcommands().map(clap::Command::get_name);
    let names: Vec<(&str, ())> = names.map(|name| (name, ())).collect();
    named("command", text, &names).map(|()| text.to_owned())
}

/// What has this name among all of its kind.
fn named<T: Copy>(what: &str, text: &str, all: &[(&str, T)]) -> Result<T, String> {
    if let Some((_, found)) = all.iter().find(|(name, _)| *name == text) {
        return Ok(*found);
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let meant = nearest(text, &names);
    let meant = meant.map_or(String::new(), |name| format!("did you mean {name}? "));
    Err(format!(
        "no {what} has this name; {meant}possible: {}",
        names.join(", ")
    ))
}

/// A number of seconds above 0.
pub(super) fn time(text: &str, example: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().unwrap_or(f64::NAN);
    // The longest delay is the longest of all times: a clock has room for it.
    let longest = MaxDelay::MAX.as_secs_f64().floor();
    match Duration::try_from_secs_f64(seconds) {
        Ok(budget) if !budget.is_zero() && seconds <= longest => Ok(budget),
        _ if seconds > longest => Err(format!("give {longest} seconds or fewer")),
        // Less than half a nanosecond is 0.
        Ok(_) if seconds > 0.0 => Err("give a nanosecond (1e-9) or more".into()),
        _ => Err(format!(
            "give a number of seconds above 0, such as {example}"
        )),
    }
}

/// A share, from a percentage.
pub(super) fn percent(text: &str) -> Result<f64, String> {
    match text.strip_suffix('%').unwrap_or(text).parse::<f64>() {
        Ok(percent) if percent >= 0.0 && percent.is_finite() => Ok(percent / 100.0),
        _ => Err("give a percentage from 0, such as 5%".into()),
    }
}

pub(super) fn fault(text: &str) -> Result<(String, Fault), String> {
    let (engine, fault) = text.split_once('=').ok_or("give ENGINE=FAULT")?;
    let fault = serde_json::from_value(fault.into()).map_err(|error| error.to_string())?;
    Ok((engine.to_owned(), fault))
}
