//! Files that the user names: they can be links, pipes, devices or mounts.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Checks that a file can be written to, before anything is measured.
///
/// A file that does not exist yet is created. A pipe or a device is not opened, as that may wait for
/// a reader.
///
/// # Errors
///
/// If the file can't be written to.
pub fn probe(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(file) if file.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(file) if !file.is_file() => Ok(()),
        _ => open(path).map(drop),
    }
}

/// Whether two paths lead to one file, also by hard or symbolic links.
///
/// False for files that do not exist, and for a character device, which two exports can share.
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

/// Writes a file in place, so that it keeps its mode, its links and its mount.
///
/// If a file is there, this first tries whether the text has room beside it, so that a full disk does
/// not cost what the file holds.
///
/// # Errors
///
/// If the file can't be written.
pub fn save(path: &Path, text: &str) -> io::Result<()> {
    let is_special = fs::metadata(path).is_ok_and(|file| !file.is_file());
    if !is_special && fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        try_room(path, text)?;
    }
    let mut file = open(path)?;
    file.write_all(text.as_bytes())?;
    file.flush()?;
    if !is_special {
        // Cuts off the rest of a file that was longer before.
        file.set_len(text.len() as u64)?;
    }
    Ok(())
}

/// Writes a text to a file beside this one, and removes it.
fn try_room(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.canonicalize()?;
    let Some(Ok(mut beside)) = beside.parent().map(tempfile::tempfile_in) else {
        // Where no other file may be made, there is nothing to try.
        return Ok(());
    };
    beside.write_all(text.as_bytes())
}

/// Opens a file for writing from its beginning, without truncating it.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}
