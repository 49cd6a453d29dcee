//! Tells the crate how it was built: the versions in the lock file, the compiler, the profile.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// In the order of a report.
const CRATES: [&str; 7] = [
    "tokio",
    "smol",
    "async-std",
    "async-io",
    "async-executor",
    "compio-runtime",
    "futures-executor",
];

fn main() {
    let lock = lock_file();
    let text = lock
        .as_ref()
        .and_then(|path| fs::read_to_string(path).ok())
        .unwrap_or_default();
    let versions = CRATES.map(|name| format!("{name} {}", version(&text, name)));
    println!("cargo::rustc-env=DORMOUSE_VERSIONS={}", versions.join(","));
    if let Some(path) = lock {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    let rustc = output(Command::new(env::var("RUSTC").expect("cargo sets it")).arg("--version"));
    println!(
        "cargo::rustc-env=DORMOUSE_RUSTC={}",
        rustc.unwrap_or_else(|| "unknown".into())
    );
    println!(
        "cargo::rustc-env=DORMOUSE_PROFILE={}",
        env::var("PROFILE").expect("cargo sets it")
    );
    println!("cargo::rerun-if-changed=build.rs");
}

/// The lock file of this build: that of the folder in which cargo was called, or where that is
/// unknown, the first one above `OUT_DIR`, as the target folder may be anywhere.
///
/// The lock file packed beside the manifest does not count: `cargo install` ignores it without
/// `--locked`, and so does a program that depends on this crate. No version is better than a wrong
/// one.
fn lock_file() -> Option<PathBuf> {
    // The words of the cargo that runs this, each ended by NUL.
    let command = of_cargo("cmdline").and_then(|path| fs::read(path).ok());
    if command.as_deref().is_some_and(installs_unlocked) {
        return None;
    }
    let is_called_there = command.is_some_and(|command| !is_elsewhere(&command));
    let folder = of_cargo("cwd").and_then(|path| fs::read_link(path).ok());
    let out = || PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let folder = folder.filter(|_| is_called_there).unwrap_or_else(out);
    lock_file_of(&folder, env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
}

/// The lock file above a folder, if it has this version of this package.
///
/// A target folder can be inside another project, whose lock file says nothing of this build.
pub(crate) fn lock_file_of(out: &Path, package: &str, its_version: &str) -> Option<PathBuf> {
    let mut folders = out.ancestors().map(|folder| folder.join("Cargo.lock"));
    let path = folders.find(|path| path.exists())?;
    let text = fs::read_to_string(&path).ok()?;
    (version(&text, package) == its_version).then_some(path)
}

/// A file in which Linux tells of the cargo that runs this.
fn of_cargo(file: &str) -> Option<String> {
    #[cfg(unix)]
    let cargo = Some(std::os::unix::process::parent_id());
    #[cfg(not(unix))]
    let cargo: Option<u32> = None;
    cargo.map(|cargo| format!("/proc/{cargo}/{file}"))
}

/// Whether a command line installs without the lock file.
pub(crate) fn installs_unlocked(line: &[u8]) -> bool {
    let mut words = words_for_cargo(line);
    let is_locked = |word: &[u8]| [&b"--locked"[..], b"--frozen"].contains(&word);
    words.clone().any(|word| word == b"install") && !words.any(is_locked)
}

/// Whether a command line is for a project that need not be in the folder it was given in.
pub(crate) fn is_elsewhere(line: &[u8]) -> bool {
    let names = |word: &[u8]| {
        word.starts_with(b"--manifest-path") || [&b"-C"[..], b"install", b"package"].contains(&word)
    };
    words_for_cargo(line).any(names)
}

/// The words of a command line up to those for the program that `cargo run` starts.
fn words_for_cargo(line: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let words = line.split(|byte| *byte == 0);
    words.take_while(|word| *word != b"--")
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

/// The version of a package in a lock file; `unknown` if it has none or several.
pub(crate) fn version(lock: &str, name: &str) -> String {
    let name = format!("name = \"{name}\"");
    let mut versions = lock
        .split("[[package]]")
        .filter(|entry| entry.lines().any(|line| line == name))
        .filter_map(|entry| {
            let line = entry
                .lines()
                .find_map(|line| line.strip_prefix("version = "))?;
            Some(line.trim_matches('"').to_owned())
        });
    match (versions.next(), versions.next()) {
        (Some(version), None) => version,
        _ => "unknown".into(),
    }
}
