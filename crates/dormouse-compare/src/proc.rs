//! The files in which Linux tells numbers of the machine and of this process; other systems have none.

use std::fs;

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

/// The time that all cores together have spent, in hundredths of a second: user, nice, system, idle,
/// iowait, irq, softirq, steal.
pub(crate) fn cpu_times() -> Option<Vec<u64>> {
    let times = value("/proc/stat", "cpu")?;
    times
        .split_whitespace()
        .map(|time| time.parse().ok())
        .collect()
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
    fn the_cores_have_spent_time() {
        let times = cpu_times().expect("the system tells it");
        assert!(times.len() >= 8 && times[0] > 0, "{times:?}");
    }
}
