//! What a program around a comparison needs: files that are written whole or not at all, names that
//! were mistyped, text from elsewhere that is safe to print, and runtimes that may not start.

pub use crate::escape::escaped;
pub use crate::files::{is_same, probe, save};
pub use crate::measure::{start, start_local};
pub use crate::runtime::{THREADS_OF_ASYNC_STD, Visit, nearest};
pub use crate::shortage::{Shortage, remedy, too_many_threads};
pub use crate::table::NARROW_WIDTH;
pub use crate::worker::ending;
#[doc(hidden)]
pub use crate::workload::Fault;
