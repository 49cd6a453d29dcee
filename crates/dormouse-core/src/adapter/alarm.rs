//! Sleeps on one thread of the standard library, for the whole process.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::thread;

use crate::Instant;
use crate::adapter::quiet::{drop_quietly, wake};

/// A sleep that needs no runtime: one thread, started by the first of these sleeps, wakes them all.
///
/// It is the sleep of a runtime without a timer, and takes over where a runtime's timer has gone
/// before its sleeps.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::AlarmSleep;
/// use std::time::{Duration, Instant};
///
/// let deadline = Instant::now() + Duration::from_millis(2);
/// futures::executor::block_on(AlarmSleep::until(deadline));
/// assert!(Instant::now() >= deadline);
/// ```
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct AlarmSleep {
    deadline: Instant,
    /// Its entry in the queue, from the first poll to the end.
    key: Option<Key>,
}

impl AlarmSleep {
    /// A sleep that ends once `deadline` has passed.
    ///
    /// # Panics
    ///
    /// Polling it panics if the system refuses the thread; the next poll tries again.
    pub fn until(deadline: Instant) -> Self {
        Self {
            deadline,
            key: None,
        }
    }

    fn cancel(&mut self) {
        if let Some(key) = self.key.take() {
            let waker = lock().sleeps.remove(&key);
            drop_quietly(waker);
        }
    }
}

impl Future for AlarmSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline <= Instant::now() {
            self.cancel();
            return Poll::Ready(());
        }
        let queued = self.key.is_some_and(|key| replace(key, cx.waker()));
        if !queued {
            self.key = Some(insert(self.deadline, cx.waker().clone()));
        }
        Poll::Pending
    }
}

impl Drop for AlarmSleep {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// A deadline, and a number that no other sleep has.
type Key = (Instant, u64);

#[derive(Debug)]
struct Alarm {
    sleeps: BTreeMap<Key, Waker>,
    next: u64,
    /// The thread runs.
    started: bool,
}

static ALARM: Mutex<Alarm> = Mutex::new(Alarm {
    sleeps: BTreeMap::new(),
    next: 0,
    started: false,
});
static EARLIER: Condvar = Condvar::new();

fn insert(deadline: Instant, waker: Waker) -> Key {
    let mut alarm = lock();
    if !alarm.started {
        let thread = thread::Builder::new().name("dormouse-alarm".into());
        if let Err(error) = thread.spawn(run) {
            drop(alarm);
            panic!("cannot start the thread that wakes all sleeps: {error}");
        }
        alarm.started = true;
    }
    let key = (deadline, alarm.next);
    alarm.next += 1;
    alarm.sleeps.insert(key, waker);
    if alarm
        .sleeps
        .first_key_value()
        .is_some_and(|(first, _)| *first == key)
    {
        // The thread waits for a later one, or for none.
        EARLIER.notify_one();
    }
    key
}

/// Puts another waker in the place of a sleep's; `false` if it has been woken.
fn replace(key: Key, waker: &Waker) -> bool {
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

fn run() {
    let mut alarm = lock();
    loop {
        let now = Instant::now();
        match alarm.sleeps.first_entry() {
            None => {
                alarm = EARLIER.wait(alarm).unwrap_or_else(|lock| lock.into_inner());
            }
            Some(first) if first.key().0 > now => {
                let wait = first.key().0 - now;
                let woken = EARLIER.wait_timeout(alarm, wait);
                (alarm, _) = woken.unwrap_or_else(|lock| lock.into_inner());
            }
            Some(first) => {
                let waker = first.remove();
                drop(alarm);
                wake(waker);
                alarm = lock();
            }
        }
    }
}

fn lock() -> MutexGuard<'static, Alarm> {
    // No foreign code runs while it is held.
    ALARM.lock().unwrap_or_else(|lock| lock.into_inner())
}
