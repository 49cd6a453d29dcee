//! The wall clock of the virtual runtime, and sleeps by it, tested to the nanosecond.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dormouse_core::{BlockOn, Coalesced, Mixed, Sleeper, Spawner, Task};
use dormouse_virtual::{Virtual, VirtualHandle};

mod end;
mod model;
mod sleeps;
mod ticks;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn it_starts_at_2000_and_moves_with_the_virtual_time() {
    let runtime = Virtual::new();
    assert_eq!(runtime.system_time(), beginning());
    runtime.advance(HOUR);
    assert_eq!(runtime.system_time(), beginning() + HOUR);
    runtime.set_system_time(SystemTime::UNIX_EPOCH);
    runtime.advance(SECOND);
    assert_eq!(runtime.system_time(), SystemTime::UNIX_EPOCH + SECOND);
    assert_eq!(runtime.elapsed(), HOUR + SECOND, "no time passed by that");
}

#[test]
fn decorators_show_the_same_clock() {
    let runtime = Virtual::new();
    let shown = beginning() + 9 * HOUR;
    runtime.set_system_time(shown);
    let coalesced = Coalesced::new(runtime.handle());
    let mixed = Mixed::new(runtime.handle(), Virtual::new().handle());
    assert_eq!(coalesced.system_time(), shown);
    assert_eq!(mixed.system_time(), shown);
    assert_eq!((&&runtime).system_time(), shown);
    assert_eq!(Sleeper::system_time(&Arc::new(runtime.handle())), shown);
}

/// The time at which the wall clock starts.
fn beginning() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(946_684_800)
}

/// Sets the clock at these times since the beginning, by these numbers of seconds.
fn set_at(runtime: &Virtual, steps: &[(Duration, i64)]) {
    for &(at, by) in steps {
        let handle = runtime.handle();
        runtime
            .spawn(async move {
                handle.sleep(at).await;
                set_by(&handle, by);
            })
            .detach();
    }
}

fn set_by(handle: &VirtualHandle, seconds: i64) {
    let by = Duration::from_secs(seconds.unsigned_abs());
    let now = handle.system_time();
    handle.set_system_time(if seconds < 0 { now - by } else { now + by });
}

/// How long a future takes, in virtual time.
fn takes(runtime: &Virtual, future: impl Future<Output = ()>) -> Duration {
    let before = runtime.elapsed();
    runtime.block_on(future);
    runtime.elapsed() - before
}
