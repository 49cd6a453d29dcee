//! Passes the caller's location through a `dyn` pointer.

use std::cell::Cell;
use std::panic::Location;

thread_local! {
    static TOLD: Cell<Option<&'static Location<'static>>> = const { Cell::new(None) };
}

/// Makes a call through a `dyn` pointer, where `#[track_caller]` ends, and passes on the caller's
/// location.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::{caller, with_caller};
///
/// let behind: &dyn Fn() -> u32 = &|| caller().line();
/// let line = with_caller(behind);
/// assert_eq!(line, std::panic::Location::caller().line() - 1);
/// ```
#[track_caller]
pub fn with_caller<T>(call: impl FnOnce() -> T) -> T {
    /// Restores the former location, after a panic too.
    struct Told(Option<&'static Location<'static>>);

    impl Drop for Told {
        fn drop(&mut self) {
            let _ = TOLD.try_with(|told| told.set(self.0));
        }
    }

    let caller = caller();
    let _told = Told(
        TOLD.try_with(|told| told.replace(Some(caller)))
            .unwrap_or(None),
    );
    call()
}

/// Clears the location that [`with_caller`] has set, because other code is called now.
pub fn forget_caller() {
    let _ = TOLD.try_with(|told| told.set(None));
}

/// The location that [`with_caller`] has set, or else [`Location::caller`].
#[must_use]
#[track_caller]
pub fn caller() -> &'static Location<'static> {
    told_caller().unwrap_or(Location::caller())
}

/// ` (called at …)` with the location that [`with_caller`] has set, for a message that would name
/// another one; empty if none is set.
#[must_use]
pub fn called_at() -> String {
    told_caller().map_or_else(String::new, |place| format!(" (called at {place})"))
}

fn told_caller() -> Option<&'static Location<'static>> {
    TOLD.try_with(Cell::get).ok().flatten()
}
