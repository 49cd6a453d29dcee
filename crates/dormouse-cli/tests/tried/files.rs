//! Files that are one file, that can't be replaced, or that may not grow.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Command;

use crate::program::{QUICK, command, copy_program, dormouse, full, printed, read, rounds, text};

/// Two exports to one file are refused whatever its paths: the later would overwrite the earlier.
#[test]
fn one_file_by_two_names_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name).display().to_string();
    fs::write(here("r"), "").unwrap();
    symlink(here("r"), here("link")).unwrap();
    fs::hard_link(here("r"), here("hard")).unwrap();
    for other in ["./r", "link", "hard"] {
        let args = format!(
            "{QUICK} --rounds 1 --json {} --html {}",
            here("r"),
            here(other)
        );
        let output = dormouse(&args);
        let complaint = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{other}: {complaint}");
        assert!(complaint.contains("a file of its own"), "{complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
    }
    // A character device is no such file.
    printed(&format!(
        "{QUICK} --rounds 1 --json /dev/null --html /dev/null"
    ));
}

/// An export must not overwrite the baseline.
#[test]
fn a_baseline_is_not_exported_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("b.json").display().to_string();
    printed(&format!("{QUICK} --rounds 1 --save-baseline {path}"));
    let before = fs::read(&path).unwrap();
    let output = dormouse(&format!(
        "{QUICK} --rounds 1 --baseline {path} --json {path}"
    ));
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(fs::read(&path).unwrap() == before);
}

#[test]
fn what_was_made_to_try_it_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.json");
    let args = format!(
        "{QUICK} --rounds 1 --json {} --html /nonexistent/r",
        path.display()
    );
    assert_eq!(dormouse(&args).status.code(), Some(2));
    assert!(!path.exists());
}

/// Root may write anywhere, so root runs the command as the user nobody.
#[test]
fn a_file_in_a_folder_without_write_permission_is_written_in_place() {
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65534;
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let program = folder.path().join("dormouse");
    copy_program(&program);
    let path = folder.path().join("r.json");
    fs::write(&path, "x".repeat(1 << 20)).unwrap();
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = Command::new(&program);
    if is_root {
        std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
        command.uid(NOBODY).gid(NOBODY);
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let output = command
        .current_dir("/")
        .args(format!("{QUICK} --rounds 2 --json {}", path.display()).split_whitespace())
        .output()
        .unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(rounds(&read(&path)), 2);
}

/// A mount point can't be replaced by another file. Needs root.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_a_mount_is_written_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let (file, mount) = (folder.path().join("r.json"), folder.path().join("m.json"));
    fs::write(&file, "").unwrap();
    fs::write(&mount, "").unwrap();
    let bound = Command::new("mount")
        .arg("--bind")
        .args([&file, &mount])
        .output();
    if !bound.is_ok_and(|bound| bound.status.success()) {
        println!("passed over: nothing can be mounted here");
        return;
    }
    let output = dormouse(&format!("{QUICK} --rounds 1 --json {}", mount.display()));
    let unbound = Command::new("umount").arg(&mount).status().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(unbound.success());
    assert_eq!(rounds(&read(&file)), 1);
}

/// With a limit on the size of files, the command reports the error and prints its table: it is not
/// ended by the signal that the system sends.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow_is_an_error_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let program = env!("CARGO_BIN_EXE_dormouse");
    let script = format!(
        "ulimit -f 4; exec {program} {QUICK} --rounds 3 --json {}",
        path.display()
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("File too large"), "{said}");
    assert!(text(&output.stdout).contains(" smol "), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_could_not_be_written_is_no_success() {
    for args in ["--help", "--version", "compare --help"] {
        let output = command(args).stdout(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args}");
    }
}
