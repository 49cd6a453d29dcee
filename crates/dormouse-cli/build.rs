//! What the report says of how it was made: versions from `Cargo.lock`, the compiler, the profile.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

fn main() {
    let here = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    // In the workspace the lock file is the workspace's; in a package it lies beside the manifest.
    let lock = [
        Path::new(&here).join("Cargo.lock"),
        Path::new(&here).join("../../Cargo.lock"),
    ]
    .into_iter()
    .find(|path| path.exists());
    let text = lock
        .as_ref()
        .and_then(|path| fs::read_to_string(path).ok())
        .unwrap_or_default();
    for name in [
        "tokio",
        "smol",
        "async-io",
        "async-executor",
        "async-std",
        "compio-runtime",
        "futures-executor",
    ] {
        let key = name.replace('-', "_").to_uppercase();
        println!("cargo::rustc-env=DORMOUSE_{key}={}", version(&text, name));
    }
    if let Some(path) = lock {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    let rustc = env::var("RUSTC").expect("cargo sets it");
    let output = Command::new(rustc).arg("--version").output();
    let rustc = output.map_or_else(
        |_| "unknown".into(),
        |out| String::from_utf8_lossy(&out.stdout).trim().to_owned(),
    );
    println!("cargo::rustc-env=DORMOUSE_RUSTC={rustc}");
    println!(
        "cargo::rustc-env=DORMOUSE_PROFILE={}",
        env::var("PROFILE").expect("cargo sets it")
    );
    println!("cargo::rerun-if-changed=build.rs");
}

/// The highest version of a package in a lock file.
fn version(lock: &str, name: &str) -> String {
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
    let first = versions.next().unwrap_or_else(|| "unknown".into());
    // Cargo sorts them, so the last one is the highest.
    versions.last().unwrap_or(first)
}
