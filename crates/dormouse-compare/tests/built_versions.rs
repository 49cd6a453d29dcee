//! The versions in a report are those of its build, or "unknown", as none is better than a wrong one.

#[allow(dead_code)]
#[path = "../build.rs"]
mod build;

use std::fs;
use std::path::PathBuf;

/// A project with a lock file of these packages, and an `OUT_DIR` in its target folder.
fn built_below(packages: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let project = tempfile::tempdir().unwrap();
    let entry = |(name, version): &(&str, &str)| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\n")
    };
    let lock: String = packages.iter().map(entry).collect();
    fs::write(project.path().join("Cargo.lock"), lock).unwrap();
    let out = project.path().join("target/release/build/x/out");
    fs::create_dir_all(&out).unwrap();
    (project, out)
}

#[test]
fn the_lock_file_is_the_one_that_this_package_was_built_by() {
    let (project, out) = built_below(&[("dormouse-compare", "0.1.0"), ("tokio", "1.2.3")]);
    let lock = build::lock_file_of(&out, "dormouse-compare", "0.1.0");
    assert_eq!(lock, Some(project.path().join("Cargo.lock")));
    let text = fs::read_to_string(lock.unwrap()).unwrap();
    assert_eq!(build::version(&text, "tokio"), "1.2.3");
    assert_eq!(build::version(&text, "smol"), "unknown");
}

/// `CARGO_TARGET_DIR` may name a folder in another project, whose lock file is not ours.
#[test]
fn the_lock_file_of_another_project_tells_nothing() {
    for other in [
        &[("tokio", "1.2.3")][..],
        &[("dormouse-compare", "0.0.9"), ("tokio", "1.2.3")],
    ] {
        let (_project, out) = built_below(other);
        assert_eq!(build::lock_file_of(&out, "dormouse-compare", "0.1.0"), None);
    }
}

#[test]
fn two_versions_of_a_package_are_no_answer() {
    let lock = "[[package]]\nname = \"tokio\"\nversion = \"0.2.0\"\n\n\
                [[package]]\nname = \"tokio\"\nversion = \"1.0.0\"\n";
    assert_eq!(build::version(lock, "tokio"), "unknown");
}

/// A command line as the system has it.
fn line(words: &str) -> Vec<u8> {
    words.replace(' ', "\0").into_bytes()
}

/// `cargo install` ignores the lock file without `--locked`, and may still build in a folder below it.
#[test]
fn an_install_without_the_lock_file_is_seen() {
    for (words, is_unlocked) in [
        ("/usr/bin/cargo install dormouse-cli", true),
        ("cargo install --path crates/dormouse-cli", true),
        ("cargo install --locked dormouse-cli", false),
        ("cargo install dormouse-cli --frozen", false),
        ("cargo build --release", false),
        ("cargo run -- install", false),
    ] {
        assert_eq!(
            build::installs_unlocked(&line(words)),
            is_unlocked,
            "{words}"
        );
    }
}

/// Called for another project, cargo uses that project's lock file.
#[test]
fn a_project_that_is_elsewhere_is_seen() {
    for (words, is_elsewhere) in [
        ("cargo build --manifest-path ../x/Cargo.toml", true),
        ("cargo build --manifest-path=../x/Cargo.toml", true),
        ("cargo -C ../x build", true),
        ("cargo install --locked --path x", true),
        ("cargo build --release -p dormouse-cli", false),
    ] {
        assert_eq!(build::is_elsewhere(&line(words)), is_elsewhere, "{words}");
    }
}

/// This build has versions: a check that always says "unknown" would fail here.
#[test]
fn this_build_knows_its_versions() {
    #[cfg(feature = "tokio")]
    assert_ne!(dormouse_compare::RuntimeName::Tokio.version(), "unknown");
    #[cfg(feature = "smol")]
    assert_ne!(dormouse_compare::RuntimeName::Smol.version(), "unknown");
}
