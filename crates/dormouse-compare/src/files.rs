//! Files that others chose: links, pipes, devices and mounts among them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Whether a file can be written to, found out before anything is measured.
///
/// A file that is not there yet is made; a pipe or a device is taken at its word, as opening it may
/// wait for a reader.
///
/// # Errors
///
/// Why it can't.
pub fn probe(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(file) if file.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(file) if !file.is_file() => Ok(()),
        _ => open(path).map(drop),
    }
}

/// Whether two names are those of one file, by links of either kind or otherwise; files that are not
/// there are none, and a device takes whatever is written to it.
#[must_use]
pub fn is_same(one: &Path, other: &Path) -> bool {
    let (Ok(left), Ok(right)) = (fs::metadata(one), fs::metadata(other)) else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::{FileTypeExt, MetadataExt};

        let is_device = left.file_type().is_char_device();
        !is_device && (left.dev(), left.ino()) == (right.dev(), right.ino())
    }
    #[cfg(not(unix))]
    {
        let _ = (left, right);
        let path = |path: &Path| fs::canonicalize(path).ok();
        path(one).is_some() && path(one) == path(other)
    }
}

/// Writes a file in its place, so that it keeps its mode, its links and its mount.
///
/// # Errors
///
/// Why it can't be written.
pub fn save(path: &Path, text: &str) -> io::Result<()> {
    let is_special = fs::metadata(path).is_ok_and(|file| !file.is_file());
    let mut file = open(path)?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    if !is_special {
        // What was longer before ends here.
        file.set_len(text.len() as u64)?;
    }
    Ok(())
}

/// Opens a file for writing from its beginning, and leaves what it holds as yet.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}
