//! Sleeps that one thread of the standard library wakes, for the whole process.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use crate::Instant;
use crate::adapter::quiet::drop_quietly;
use crate::timers::{NEVER, Place, State, Timers, nanos, shard_of_this_thread};

/// A sleep that needs no runtime: one thread, started by the first of these sleeps, wakes them all.
///
/// It is the sleep of a runtime without a timer, and takes over if a runtime's timer is gone before
/// its sleeps.
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
    alarm: Alarm,
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
            alarm: Alarm::default(),
        }
    }
}

impl Future for AlarmSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline;
        self.alarm.poll_until(deadline, cx)
    }
}

/// An [`AlarmSleep`] in 8 bytes, for a sleep that knows its deadline.
#[derive(Debug, Default)]
pub struct Alarm(Option<Place>);

impl Alarm {
    /// Ready once the deadline has passed; until then, the waker of the latest call is woken when it
    /// passes. All calls must give the same deadline: while one is pending, that of another is ignored.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::adapter::Alarm;
    /// use std::time::{Duration, Instant};
    ///
    /// let deadline = Instant::now() + Duration::from_millis(2);
    /// let mut alarm = Alarm::default();
    /// futures::executor::block_on(std::future::poll_fn(|cx| alarm.poll_until(deadline, cx)));
    /// assert!(Instant::now() >= deadline);
    /// ```
    ///
    /// # Panics
    ///
    /// If the system refuses the thread; the next poll tries again.
    pub fn poll_until(&mut self, deadline: Instant, cx: &Context<'_>) -> Poll<()> {
        if deadline <= Instant::now() {
            self.cancel();
            return Poll::Ready(());
        }
        if let Err(error) = self.arm(deadline, cx.waker()) {
            self.cancel();
            panic!("cannot start the thread that wakes all sleeps: {error}");
        }
        Poll::Pending
    }

    /// Arranges for `waker` to be woken at the deadline; an error if the system refuses the thread.
    pub(crate) fn arm(&mut self, deadline: Instant, waker: &Waker) -> io::Result<()> {
        if let Some(place) = &self.0 {
            if ALARM.timers.set_waker(place, waker) != State::Woken {
                return Ok(());
            }
            self.cancel();
        }
        let deadline = ALARM.nanos(deadline);
        let shard = shard_of_this_thread();
        self.0 = Some(ALARM.timers.enter(shard, deadline, waker.clone()));
        // Until the thread is there, nobody relies on another's call, which may be refused.
        if ALARM.timers.is_early(deadline) || !ALARM.started.load(Relaxed) {
            ALARM.call()?;
        }
        Ok(())
    }

    fn cancel(&mut self) {
        if let Some(place) = self.0.take() {
            drop_quietly(ALARM.timers.leave(place));
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// The sleeps, and the thread that wakes them.
struct AlarmThread {
    timers: Timers,
    /// Deadlines count from here.
    base: Instant,
    is_called: Mutex<bool>,
    called: Condvar,
    /// The thread is running. Written under the lock.
    started: AtomicBool,
}

static ALARM: LazyLock<AlarmThread> = LazyLock::new(|| AlarmThread {
    timers: Timers::new(0),
    base: Instant::now(),
    is_called: Mutex::default(),
    called: Condvar::new(),
    started: AtomicBool::new(false),
});

impl AlarmThread {
    /// An instant in nanoseconds since the base.
    fn nanos(&self, instant: Instant) -> u64 {
        nanos(instant.saturating_duration_since(self.base))
    }

    /// Makes the thread look at the deadlines; starts it if it is not running.
    fn call(&self) -> io::Result<()> {
        let mut is_called = self.lock();
        if !self.started.load(Relaxed) {
            let thread = thread::Builder::new().name("dormouse-alarm".into());
            thread.spawn(|| ALARM.run())?;
            self.started.store(true, Relaxed);
        }
        *is_called = true;
        drop(is_called);
        self.called.notify_one();
        Ok(())
    }

    fn run(&self) {
        loop {
            self.timers.promise(NEVER);
            self.timers.fire(self.nanos(Instant::now()));
            let first = self.timers.next();
            self.timers.promise(first);
            self.wait_until(first);
        }
    }

    fn wait_until(&self, deadline: u64) {
        let left = deadline.saturating_sub(self.nanos(Instant::now()));
        let left = Duration::from_nanos(left);
        let waited = self
            .called
            .wait_timeout_while(self.lock(), left, |is_called| !*is_called);
        let (mut is_called, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *is_called = false;
    }

    fn lock(&self) -> MutexGuard<'_, bool> {
        // No foreign code runs while the lock is held.
        self.is_called
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
