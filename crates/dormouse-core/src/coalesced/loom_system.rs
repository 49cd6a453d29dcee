//! The system's clock and the process's alarm thread, as loom's models drive them.

use std::cell::RefCell;
use std::io;
use std::sync::LazyLock;
use std::sync::atomic::Ordering::SeqCst;
use std::task::Waker;
use std::time::Duration;

use crate::Instant;

thread_local! {
    // Loom runs all threads of a model on one thread.
    static SYSTEM: RefCell<System> = RefCell::default();
}

#[derive(Default)]
struct System {
    time: Duration,
    numbers: u64,
    alarms: Vec<(u64, Instant, Waker)>,
}

/// The zero of the clock, the same in every run of a model.
pub(crate) static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// What the system's clock says.
pub(crate) fn system_now() -> Instant {
    *START + SYSTEM.with_borrow(|system| system.time)
}

/// To call at the beginning and at the end of a model.
#[cfg(test)]
pub(crate) fn reset_system() {
    drop(SYSTEM.take());
}

/// Moves the clock, and wakes what is due, as the alarm thread does when it looks.
#[cfg(test)]
pub(crate) fn ring_alarms(step: Duration) {
    synchronize();
    let due = SYSTEM.with_borrow_mut(|system| {
        system.time += step;
        let now = *START + system.time;
        system.take(|alarm| alarm.1 <= now)
    });
    due.into_iter().for_each(|(_, _, waker)| waker.wake());
}

/// The real clock and alarm synchronize by a lock; this stands for it.
fn synchronize() {
    loom::sync::atomic::fence(SeqCst);
}

impl System {
    fn take(
        &mut self,
        which: impl FnMut(&(u64, Instant, Waker)) -> bool,
    ) -> Vec<(u64, Instant, Waker)> {
        let alarms = std::mem::take(&mut self.alarms);
        let (taken, others) = alarms.into_iter().partition(which);
        self.alarms = others;
        taken
    }
}

/// The model of the adapter's `Alarm`, by its number.
#[derive(Debug, Default)]
pub(crate) struct Alarm(Option<u64>);

impl Alarm {
    pub(crate) fn arm(&mut self, deadline: Instant, waker: &Waker) -> io::Result<()> {
        let waker = waker.clone();
        let number = SYSTEM.with_borrow_mut(|system| {
            system.numbers += 1;
            system.alarms.push((system.numbers, deadline, waker));
            system.numbers
        });
        drop(Self(self.0.replace(number)));
        synchronize();
        Ok(())
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        let number = self.0;
        let mine = SYSTEM.with_borrow_mut(|system| system.take(|alarm| Some(alarm.0) == number));
        drop(mine);
    }
}
