//! What a sleep and the handle of a task take.

use dormouse_smol::{SmolSleep, SmolTask};

#[test]
fn a_sleep_is_as_large_as_smol_s_timer() {
    assert_eq!(size_of::<SmolSleep>(), size_of::<smol::Timer>());
}

/// Beside smol's own handle, what is known of the task.
#[test]
fn a_handle_has_eight_bytes_more_than_smol_s() {
    assert_eq!(size_of::<SmolTask<()>>(), size_of::<smol::Task<()>>() + 8);
}
