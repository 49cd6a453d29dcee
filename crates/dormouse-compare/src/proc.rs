//! The files in which Linux tells numbers of the machine and of this process; other systems have none.

use std::fs;
use std::path::Path;

/// The first line of a file.
pub(crate) fn line(file: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}

/// The number that is the first line of a file.
pub(crate) fn number(file: &str) -> Option<u64> {
    line(file)?.parse().ok()
}

/// What follows this key in the first line that begins with it, without a colon between them.
pub(crate) fn value(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(key))?;
    let value = value.trim().trim_start_matches(':').trim_start();
    Some(value.to_owned())
}

/// An amount of memory, in bytes.
pub(crate) fn bytes(file: &str, key: &str) -> Option<u64> {
    let kilobytes = value(file, key)?;
    let kilobytes: u64 = kilobytes.strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The first lines of these files of this process's control group, from that of the group itself to that
/// of the outermost one: each has a limit of its own.
pub(crate) fn control_group<const N: usize>(files: [&str; N]) -> Vec<[String; N]> {
    let group = value("/proc/self/cgroup", "0::").unwrap_or_default();
    lines_above(Path::new("/sys/fs/cgroup"), &group, files)
}

/// The time that all cores together have spent, in hundredths of a second: user, nice, system, idle,
/// iowait, irq, softirq, steal.
pub(crate) fn cpu_times() -> Option<Vec<u64>> {
    let times = value("/proc/stat", "cpu")?;
    times
        .split_whitespace()
        .map(|time| time.parse().ok())
        .collect()
}

fn lines_above<const N: usize>(root: &Path, group: &str, files: [&str; N]) -> Vec<[String; N]> {
    let own = root.join(group.trim_start_matches('/'));
    let groups = own.ancestors().take_while(|group| group.starts_with(root));
    let lines = |group: &Path| {
        let lines = files.map(|file| line(group.join(file).to_str()?));
        let lines: Option<Vec<String>> = lines.into_iter().collect();
        lines?.try_into().ok()
    };
    groups.filter_map(lines).collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_what_follows_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(
            &path,
            " 7 \nmodel name\t: A: B\nRss:   3 kB\nMax processes  9 8\n",
        )
        .unwrap();
        let file = path.to_str().unwrap();
        assert_eq!((line(file).as_deref(), number(file)), (Some("7"), Some(7)));
        assert_eq!(value(file, "model name").as_deref(), Some("A: B"));
        assert_eq!(value(file, "Max processes").as_deref(), Some("9 8"));
        assert_eq!(bytes(file, "Rss"), Some(3 * 1024));
        assert_eq!((bytes(file, "Max"), value(file, "nothing")), (None, None));
        assert_eq!(line("/nowhere"), None);
    }

    #[test]
    fn the_limits_of_all_groups_around_this_one_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("slice/scope")).unwrap();
        let write = |file: &str, text: &str| fs::write(root.join(file), text).unwrap();
        // The root has no limit, and the innermost group none of this kind.
        write("max", "7\n");
        write("slice/max", "5\n");
        write("slice/current", "3\n");
        write("slice/scope/max", "max\n");
        write("slice/scope/current", "2\n");
        let lines = lines_above(root, "/slice/scope", ["max", "current"]);
        assert_eq!(lines, [["max", "2"], ["5", "3"]]);
        assert_eq!(lines_above(root, "/", ["max"]), [["7"]]);
        assert_eq!(lines_above(root, "", ["current"]), [[""; 1]; 0]);
    }

    #[test]
    fn the_cores_have_spent_time() {
        let times = cpu_times().expect("the system tells it");
        assert!(times.len() >= 8 && times[0] > 0, "{times:?}");
    }
}
