//! The sleeps of that timer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use dormouse_core::adapter::drop_quietly;

use crate::bad_timers::{Fault, Key, Timer};

pub(crate) struct Sleep {
    timer: Arc<Timer>,
    deadline: Instant,
    key: Option<Key>,
    fired: Arc<AtomicBool>,
    thread: ThreadId,
    is_deaf: bool,
    is_reset: bool,
    is_late: bool,
    /// The waker of the first poll.
    first: Option<Waker>,
    /// How long it is to last from its next poll.
    from_its_poll: Option<Duration>,
}

impl Sleep {
    pub(super) fn new(timer: Arc<Timer>, deadline: Instant) -> Self {
        Self {
            timer,
            deadline,
            key: None,
            fired: Arc::default(),
            thread: thread::current().id(),
            is_deaf: false,
            is_reset: false,
            is_late: false,
            first: None,
            from_its_poll: None,
        }
    }

    pub(super) fn reset(&mut self, deadline: Instant) {
        let again = std::mem::replace(&mut self.is_reset, true);
        if again && self.timer.fault == Fault::IgnoresASecondReset {
            return;
        }
        let once = self.timer.fault == Fault::PendingOnceResetToThePast;
        self.is_late = once && deadline <= Instant::now();
        if self.timer.fault == Fault::CountsAResetFromItsPoll {
            self.from_its_poll = Some(deadline.saturating_duration_since(Instant::now()));
        }
        self.deadline = deadline;
        if self.timer.fault == Fault::WrapsWhenReset {
            let now = Instant::now();
            let millis = deadline.saturating_duration_since(now).as_millis();
            if millis > u32::MAX.into() {
                self.deadline = now + Duration::from_millis((millis as u32).into());
            }
        }
        let waker = self.remove();
        if self.timer.fault != Fault::StaysFired {
            self.fired = Arc::default();
        }
        match waker {
            Some(waker) if self.timer.fault == Fault::DeafOnceReset => {
                self.arm(waker);
                self.is_deaf = true;
            }
            waker => drop_quietly(waker),
        }
    }

    fn is_due(&self) -> bool {
        let has_fired = || self.fired.load(SeqCst);
        match self.timer.fault {
            Fault::Ticks if self.key.is_some() => has_fired(),
            Fault::StaysFired if has_fired() => true,
            _ => self.deadline <= Instant::now(),
        }
    }

    fn arm(&mut self, waker: Waker) {
        let former = self.remove();
        let mut armed = self.timer.lock();
        let number = match self.timer.fault {
            Fault::OneForEachDeadline => 0,
            // The first that is free.
            Fault::CancelsByPlace => {
                let used = |number| armed.sleeps.keys().any(|key| key.1 == number);
                (0..).find(|number| !used(*number)).unwrap_or_default()
            }
            _ => armed.next,
        };
        let key = (self.deadline, number);
        armed.next += 1;
        let is_lost = self.timer.fault == Fault::LosesOneIn65536 && number % 65_536 == 65_535;
        let was_empty = armed.sleeps.is_empty();
        let replaced = if is_lost {
            None
        } else {
            armed.sleeps.insert(key, (waker, self.fired.clone()))
        };
        drop(armed);
        self.key = Some(key);
        if was_empty || self.timer.fault != Fault::NotToldOfEarlierOnes {
            self.timer.changed.notify_one();
        }
        drop_quietly((former, replaced));
    }

    /// Removes it from the timer, if it has not fired.
    fn remove(&mut self) -> Option<Waker> {
        let key = self.key.take()?;
        let mut armed = self.timer.lock();
        let place = match self.timer.fault {
            Fault::CancelsByPlace => armed.sleeps.keys().find(|other| other.1 == key.1).copied(),
            _ => Some(key),
        };
        let removed = place.and_then(|key| armed.sleeps.remove(&key));
        if removed.is_none() {
            armed.unread = armed.unread.saturating_sub(1);
        }
        let waker = removed.map(|(waker, _)| waker);
        if self.timer.fault == Fault::DropsWhileLocked {
            drop_quietly(waker);
            return None;
        }
        waker
    }

    fn may_cancel(&self) -> bool {
        match self.timer.fault {
            Fault::RemovesSixtyFour if self.key.is_some() => {
                let mut armed = self.timer.lock();
                armed.cancelled += 1;
                armed.cancelled <= 64
            }
            Fault::CancelsWhereItWasPolled => self.thread == thread::current().id(),
            _ => true,
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(duration) = self.from_its_poll.take() {
            self.deadline = Instant::now() + duration.min(Duration::from_secs(3_600));
        }
        if std::mem::take(&mut self.is_late) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.is_due() {
            drop_quietly(self.remove());
            return Poll::Ready(());
        }
        if self.timer.fault == Fault::DeafToAFormerWaker {
            let is_armed = self.key.is_some();
            let first = self.first.get_or_insert_with(|| cx.waker().clone());
            if is_armed && first.will_wake(cx.waker()) {
                return Poll::Pending;
            }
        }
        if !std::mem::take(&mut self.is_deaf) {
            self.thread = thread::current().id();
            self.arm(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if self.may_cancel() {
            drop_quietly(self.remove());
        }
    }
}
