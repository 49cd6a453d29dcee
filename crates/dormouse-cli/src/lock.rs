//! A lock on the file to which a session appends its runs, so that no other session writes to it.
//!
//! It is advisory, and ends with its process: a session that is killed leaves none. Only Unix has it.

use std::fs;
#[cfg(unix)]
use std::fs::File;
use std::path::{Path, PathBuf};

#[cfg(unix)]
use nix::errno::Errno;
#[cfg(unix)]
use nix::fcntl::{Flock, FlockArg};

use crate::failure::Failure;

/// A file that no other session writes to, until this is dropped.
#[cfg_attr(not(unix), allow(dead_code))]
pub(crate) struct Lock {
    #[cfg(unix)]
    _file: Flock<File>,
    path: PathBuf,
    is_new: bool,
}

impl Lock {
    /// Locks a file, which it creates if need be.
    ///
    /// Returns `None` where a file has no lock, as a pipe or one on some network drives, and for a file
    /// that can't be opened, whose error is reported when it is written.
    #[cfg(unix)]
    pub(crate) fn take(path: &Path) -> Result<Option<Self>, Failure> {
        // To open a pipe may wait for a reader.
        if fs::metadata(path).is_ok_and(|file| !file.is_file()) {
            return Ok(None);
        }
        let is_new = !path.exists();
        let mut options = File::options();
        let Ok(file) = options.append(true).create(true).open(path) else {
            return Ok(None);
        };
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(file) => Ok(Some(Self {
                _file: file,
                path: path.to_owned(),
                is_new,
            })),
            Err((_, Errno::EWOULDBLOCK)) => Err(Failure::usage(format_args!(
                "another session writes to {}: give another file, or wait until it ends",
                path.display()
            ))),
            Err(_) => Ok(None),
        }
    }

    /// There are no locks.
    #[cfg(not(unix))]
    pub(crate) fn take(_: &Path) -> Result<Option<Self>, Failure> {
        Ok(None)
    }
}

/// Removes a file that was created for the lock and that nothing was written to.
impl Drop for Lock {
    fn drop(&mut self) {
        let is_empty = fs::metadata(&self.path).is_ok_and(|file| file.len() == 0);
        if self.is_new && is_empty {
            // A link is followed to its target.
            let _ = fs::canonicalize(&self.path).and_then(fs::remove_file);
        }
    }
}
