//! The JSON value of a file, which a comparison may still have written when it was ended.

use serde_json::{Deserializer, Value};

use crate::error::Error;
use crate::journal::{HEAD_END, TAIL};
use crate::wording::{Input, Wording};

/// The value of a file, or a line that says what is wrong with it.
pub(super) fn parsed(bytes: &[u8], name: &str, wording: Wording) -> Result<Value, Error> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::usage(format_args!(
            "{name} is UTF-16, and a report is UTF-8: save it as UTF-8"
        )));
    }
    // Some editors write a mark at the beginning of UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let error = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if let Some(value) = cut_back(bytes) {
        return Ok(value);
    }
    let mut values = Deserializer::from_slice(bytes).into_iter::<Value>();
    if let Some(Ok(first)) = values.next()
        && first.is_object()
    {
        return Err(Error::usage(format_args!(
            "{name} goes on after its first report ({error}): give each report as a file of its own"
        )));
    }
    Err(Error::usage(format_args!(
        "{name} is not JSON ({error}): give a report of {}",
        wording(&Input::Report)
    )))
}

/// The whole runs of a file that a comparison still wrote when it was killed or the disk was full.
///
/// Such a file has a run on each line, and may end within one.
fn cut_back(bytes: &[u8]) -> Option<Value> {
    let first = bytes.split(|byte| *byte == b'\n').next()?;
    // Without a run, the list is closed in the same line.
    let head = first.strip_suffix(b"}").unwrap_or(first);
    let head = head.strip_suffix(b"]").unwrap_or(head);
    if !head.ends_with(HEAD_END.as_bytes()) {
        return None;
    }
    let bytes = bytes.trim_ascii_end();
    let line = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    // Another report behind this one must not be lost.
    let last = bytes[line..].trim_ascii_start();
    let shorter = (!last.starts_with(b"{\"schema\"")).then_some(&bytes[..line]);
    [Some(bytes), shorter]
        .into_iter()
        .flatten()
        .find_map(|whole| {
            // What follows the last whole run may itself be cut.
            let ends = [b",".as_slice(), b"]}", b"]"];
            let mut runs = ends.into_iter().filter_map(|end| whole.strip_suffix(end));
            let runs = runs.next().unwrap_or(whole);
            serde_json::from_slice(&[runs, TAIL.as_bytes()].concat()).ok()
        })
}
