//! Each fault of a wall clock is caught by the case that names it.

use crate::bad_sleepers::{BadSleeper, Fault};
use crate::caught::{caught, files};

files!(WallClockFiles: wall_clock);

caught! {
    BadSleeper::new, chosen, WallClockFiles;
    a_right_one_passes: None by [] "";
    one_that_stands_still: WallClockStandsStill by [
        system_time_moves_with_now, a_system_interval_ticks_at_whole_periods
    ] "system_time moves with now: of both it went on by Some((0ns, ";
    one_that_runs: WallClockRuns by [system_time_moves_with_now]
        "system_time moves with now: of both it went on by";
    one_that_shows_more: WallClockShowsMore by [a_sleep_until_a_system_time_is_never_early]
        "a sleep until a system time is never early: one of 20ms ended";
    one_that_goes_back: WallClockGoesBack by [a_system_time_that_has_passed_ends_the_sleep_at_once]
        "a system time that has passed ends the sleep at once";
}
