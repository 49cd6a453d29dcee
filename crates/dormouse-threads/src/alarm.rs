//! The one thread behind all sleeps.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, Once};
use std::task::Waker;
use std::thread;
use std::time::Instant;

/// A deadline, and a number that no other sleep has.
pub(crate) type Key = (Instant, u64);

/// Wakes `waker` once the deadline has passed; the key takes it back.
pub(crate) fn set(deadline: Instant, waker: Waker) -> Key {
    START.call_once(|| {
        let alarm = thread::Builder::new()
            .name("dormouse-alarm".into())
            .spawn(run);
        if let Err(error) = alarm {
            panic!("cannot start the thread that wakes all sleeps: {error}");
        }
    });
    let mut alarm = lock();
    let key = (deadline, alarm.next);
    alarm.next += 1;
    alarm.sleeps.insert(key, waker);
    if alarm.is_first(key) {
        // The alarm waits for a later one, or for none.
        RING.notify_one();
    }
    key
}

/// Puts another waker in the place of a sleep's, unless it has been woken.
pub(crate) fn replace(key: Key, waker: &Waker) -> bool {
    let waker = waker.clone();
    let mut alarm = lock();
    let Some(former) = alarm.sleeps.get_mut(&key) else {
        return false;
    };
    let former = std::mem::replace(former, waker);
    drop(alarm);
    // Foreign code, which the lock is not held for.
    drop(former);
    true
}

/// Forgets a sleep.
pub(crate) fn cancel(key: Key) {
    let waker = lock().sleeps.remove(&key);
    drop(waker);
}

struct Alarm {
    sleeps: BTreeMap<Key, Waker>,
    next: u64,
}

impl Alarm {
    fn is_first(&self, key: Key) -> bool {
        self.sleeps
            .first_key_value()
            .is_some_and(|(first, _)| *first == key)
    }
}

fn run() {
    let mut alarm = lock();
    loop {
        let now = Instant::now();
        match alarm.sleeps.first_entry() {
            None => {
                alarm = RING.wait(alarm).unwrap_or_else(|lock| lock.into_inner());
            }
            Some(first) if first.key().0 > now => {
                let wait = first.key().0 - now;
                let woken = RING.wait_timeout(alarm, wait);
                (alarm, _) = woken.unwrap_or_else(|lock| lock.into_inner());
            }
            Some(first) => {
                let waker = first.remove();
                drop(alarm);
                // A waker that panics costs its own task. This thread is everybody's; the panic's
                // message has been printed.
                let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
                alarm = lock();
            }
        }
    }
}

fn lock() -> MutexGuard<'static, Alarm> {
    // Nothing panics while it is held.
    ALARM.lock().unwrap_or_else(|lock| lock.into_inner())
}

static ALARM: Mutex<Alarm> = Mutex::new(Alarm {
    sleeps: BTreeMap::new(),
    next: 0,
});
static RING: Condvar = Condvar::new();
static START: Once = Once::new();
