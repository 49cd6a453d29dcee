//! Where figures were taken, without which they say little.

use std::fs;
use std::thread;

/// A line of the machine, and one of the versions compared.
#[must_use]
pub fn describe() -> String {
    let cores = thread::available_parallelism().map_or(0, Into::into);
    let processor = find("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let kernel = first_line("/proc/sys/kernel/osrelease");
    let load = first_line("/proc/loadavg");
    let versions: Vec<String> = CRATES
        .iter()
        .filter_map(|name| Some(format!("{name} {}", version(name)?)))
        .collect();
    format!(
        "{cores} core(s) of {processor}, Linux {kernel}, load {load}\n{}",
        versions.join(", ")
    )
}

/// The version that this program was built with.
fn version(name: &str) -> Option<&'static str> {
    let lock = include_str!("../../Cargo.lock");
    let package = format!("name = \"{name}\"\nversion = \"");
    let (_, version) = lock.split_once(&package)?;
    version.split('"').next()
}

fn find(path: &str, field: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn first_line(path: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().next().unwrap_or("unknown").to_owned()
}

const CRATES: [&str; 8] = [
    "tokio",
    "tokio-util",
    "smol",
    "async-std",
    "async-io",
    "async-executor",
    "futures",
    "futures-buffered",
];
