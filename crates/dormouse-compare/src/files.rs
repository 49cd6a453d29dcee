//! Files that the user names: they can be links, pipes, devices or mounts.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
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
/// What is longer than the file that is there is written first: if the disk is full, that file stays
/// as it was, and none is there if none was.
///
/// # Errors
///
/// If the file can't be written.
pub fn save(path: &Path, text: &str) -> io::Result<()> {
    let is_new = !path.exists();
    let mut file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        file.write_all(text.as_bytes())?;
        return file.flush();
    }
    let length = metadata.len();
    let there = text
        .len()
        .min(usize::try_from(length).unwrap_or(usize::MAX));
    let (head, tail) = text.as_bytes().split_at(there);
    if !tail.is_empty() {
        file.seek(SeekFrom::End(0))?;
        if let Err(error) = file.write_all(tail) {
            file.set_len(length)?;
            if is_new {
                // A link is followed to its target.
                let _ = fs::canonicalize(path).and_then(fs::remove_file);
            }
            return Err(error);
        }
        file.rewind()?;
    }
    file.write_all(head)?;
    // Cuts off the rest of a file that was longer before.
    file.set_len(text.len() as u64)
}

/// Opens a file for writing from its beginning, without truncating it.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}
