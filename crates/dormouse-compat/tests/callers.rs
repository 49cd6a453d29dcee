//! Outside of the context that a runtime needs, a bridge panics at the line that called it.

use std::panic::{self, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use backon::Sleeper as _;
use dormouse::{Sleeper, Spawner, Task, Tokio};
use dormouse_compat::{Backon, FromHyper, Futures, Hyper, Tower, Traced};
use hyper::rt::{Executor, Timer};
use tower::retry::backoff::Backoff;

const LONG: Duration = Duration::from_secs(1);

/// The only test of this file, as the hook is the process's.
#[test]
fn a_missing_context_names_the_callers_line() {
    let seen = Arc::new(Mutex::new(String::new()));
    let place = Arc::clone(&seen);
    panic::set_hook(Box::new(move |info| {
        let location = info.location().expect("a panic has a location");
        location.file().clone_into(&mut place.lock().unwrap());
    }));
    let calls: [(&str, fn()); 11] = [
        ("Hyper::sleep", || drop(Hyper::new(Tokio).sleep(LONG))),
        ("Hyper::sleep_until", || {
            drop(Hyper::new(Tokio).sleep_until(Instant::now()));
        }),
        ("Hyper::reset", || {
            let mut sleep = Hyper::new(dormouse::Smol).sleep(LONG);
            Hyper::new(Tokio).reset(&mut sleep, Instant::now());
        }),
        ("Hyper::execute", || Hyper::new(Tokio).execute(async {})),
        ("Backon::sleep", || drop(Backon::new(Tokio).sleep(LONG))),
        ("Tower::next_backoff", || {
            drop(Tower::new(Tokio, LONG, LONG).next_backoff());
        }),
        ("Tower::next_backoff with a seed", || {
            drop(Tower::new(Tokio, LONG, LONG).with_seed(7).next_backoff());
        }),
        ("FromHyper::sleep", || {
            drop(Sleeper::sleep(&FromHyper::new(Hyper::new(Tokio)), LONG));
        }),
        ("FromHyper::sleep_until", || {
            drop(Sleeper::sleep_until(
                &FromHyper::new(Hyper::new(Tokio)),
                Instant::now(),
            ));
        }),
        ("Futures::spawn", || {
            // `spawn_obj` alone is ours: `spawn` is a function of the futures crate.
            let spawner = Futures::new(Tokio);
            let future = Box::new(async {}).into();
            drop(futures::task::Spawn::spawn_obj(&spawner, future));
        }),
        ("Traced::spawn", || {
            Traced::new(Tokio).spawn(async {}).detach();
        }),
    ];
    let mut wrong = Vec::new();
    for (call, make) in calls {
        seen.lock().unwrap().clear();
        if catch_unwind(make).is_ok() {
            wrong.push(format!("{call} did not panic"));
        }
        let file = seen.lock().unwrap().clone();
        if file != file!() {
            wrong.push(format!("{call} panicked at {file}"));
        }
    }
    _ = panic::take_hook();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
