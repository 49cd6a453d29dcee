//! What a sleep takes.

use dormouse_smol::SmolSleep;

#[test]
fn a_sleep_is_as_large_as_smol_s_timer() {
    assert_eq!(size_of::<SmolSleep>(), size_of::<smol::Timer>());
}
