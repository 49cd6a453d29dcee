//! Sleepers with one fault each, on top of a right one.

use std::collections::BTreeMap;
use std::future::{Future, pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use dormouse_core::{Sleeper, Spawner, Task};
use dormouse_smol::Smol;
use dormouse_tokio::{TokioHandle, TokioRuntime, TokioTask};

use crate::caught::Owner;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    Early,
    Serial,
    Lazy,
    DeafToANewWaker,
    PanicsOnMax,
    FiresOnFar,
    WrapsAround,
    WakesAfterDrop,
    ClockOfItsOwn,
    ClockGoesBack,
    NoEndInThePast,
    NoEndOfZero,
    FullAtFiveThousand,
    ThreadBound,
    IgnoresReset,
    LeavesTheTimerArmed,
    PendingOnce,
    OneAfterTheOther,
    DiesOfWakers,
    GoesWithItsRuntime,
    WallClockStandsStill,
    WallClockRuns,
    WallClockShowsMore,
    WallClockGoesBack,
}

#[derive(Clone)]
pub(crate) struct BadSleeper {
    runtime: TokioHandle,
    fault: Fault,
    last: Arc<Mutex<Instant>>,
    readings: Arc<AtomicUsize>,
    alive: Arc<()>,
    queue: Arc<Mutex<BTreeMap<(Instant, usize), Waker>>>,
    dead: Arc<AtomicBool>,
    moved: Moved,
}

/// The deadlines to which sleeps have been moved, by the addresses of the sleeps.
type Moved = Arc<Mutex<BTreeMap<usize, Instant>>>;

impl BadSleeper {
    pub(crate) fn new(fault: Fault) -> Owner<Self> {
        let owner = Arc::new(TokioRuntime::multi_thread(2));
        let handle = Self {
            runtime: owner.handle(),
            fault,
            last: Arc::new(Mutex::new(Instant::now())),
            readings: Arc::default(),
            alive: Arc::default(),
            queue: Arc::default(),
            dead: Arc::default(),
            moved: Arc::default(),
        };
        Owner { owner, handle }
    }

    fn right(&self, deadline: Instant) -> impl Future<Output = ()> + Send + Sync + use<> {
        self.runtime.sleep_until(deadline)
    }

    /// Queues the sleeps: only the first one has a timer, and passes it on when it ends. If the
    /// first one is held without being polled, all others wait.
    fn in_a_queue(&self, deadline: Instant) -> BadSleep {
        let key = (deadline, self.readings.fetch_add(1, SeqCst));
        let mut place = Place {
            key,
            queue: self.queue.clone(),
        };
        let mut sleep = Box::pin(self.right(deadline));
        Box::pin(poll_fn(move |cx| place.poll(cx, &mut sleep)))
    }
}

struct Place {
    key: (Instant, usize),
    queue: Arc<Mutex<BTreeMap<(Instant, usize), Waker>>>,
}

impl Place {
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        sleep: &mut (impl Future<Output = ()> + Unpin),
    ) -> Poll<()> {
        if self.key.0 <= Instant::now() {
            self.leave();
            return Poll::Ready(());
        }
        let mut queue = self.queue.lock().unwrap();
        queue.insert(self.key, cx.waker().clone());
        let first = queue
            .first_key_value()
            .is_some_and(|(key, _)| *key == self.key);
        drop(queue);
        if first {
            Pin::new(sleep).poll(cx)
        } else {
            Poll::Pending
        }
    }

    fn leave(&mut self) {
        let mut queue = self.queue.lock().unwrap();
        if queue.remove(&self.key).is_some() {
            let next = queue.first_key_value().map(|(_, waker)| waker.clone());
            drop(queue);
            next.into_iter().for_each(Waker::wake);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave();
    }
}

/// A sleep whose timer stays armed for its first deadline when it is moved.
struct Movable {
    sleep: BadSleep,
    deadline: Instant,
    moved: Moved,
}

impl Movable {
    fn address(&self) -> usize {
        &raw const *self as usize
    }
}

impl Future for Movable {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let moved = self.moved.lock().unwrap().get(&self.address()).copied();
        if moved.unwrap_or(self.deadline) <= Instant::now() {
            return Poll::Ready(());
        }
        if self.sleep.as_mut().poll(cx).is_ready() {
            // It ended too soon, and begins anew.
            let deadline = moved.unwrap_or(self.deadline);
            self.sleep = Box::pin(Smol.sleep(deadline.saturating_duration_since(Instant::now())));
            return self.sleep.as_mut().poll(cx);
        }
        Poll::Pending
    }
}

impl Drop for Movable {
    fn drop(&mut self) {
        let address = self.address();
        self.moved.lock().unwrap().remove(&address);
    }
}

/// A waker of a runtime that is dead once a waker has panicked.
struct Mortal(Waker, Arc<AtomicBool>);

impl Wake for Mortal {
    fn wake(self: Arc<Self>) {
        let wake = || self.0.wake_by_ref();
        if !self.1.load(SeqCst) && catch_unwind(AssertUnwindSafe(wake)).is_err() {
            self.1.store(true, SeqCst);
        }
    }
}

type BadSleep = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

impl Sleeper for BadSleeper {
    type Sleep = BadSleep;

    fn now(&self) -> Instant {
        let reading = self.readings.fetch_add(1, SeqCst);
        let now = Instant::now();
        match self.fault {
            Fault::ClockOfItsOwn => now + Duration::from_secs(3600),
            // After so many readings that the other cases do not reach it.
            Fault::ClockGoesBack if reading > 1_500 && reading % 100 == 0 => {
                now - Duration::from_millis(5)
            }
            _ => now,
        }
    }

    fn sleep_until(&self, deadline: Instant) -> BadSleep {
        let now = Instant::now();
        let duration = deadline.saturating_duration_since(now);
        match self.fault {
            Fault::Early => Box::pin(self.right(deadline - Duration::from_millis(5))),
            // Not the long ones: they would end after the test.
            Fault::Serial if duration < Duration::from_millis(500) => {
                let mut last = self.last.lock().unwrap();
                *last = now.max(*last) + duration;
                Box::pin(self.right(*last))
            }
            Fault::Lazy => {
                let sleeper = self.clone();
                Box::pin(async move { sleeper.runtime.sleep(duration).await })
            }
            Fault::DeafToANewWaker => {
                let (mut sleep, mut first) = (Box::pin(self.right(deadline)), None);
                Box::pin(poll_fn(move |cx| {
                    let first: &Waker = first.get_or_insert_with(|| cx.waker().clone());
                    sleep.as_mut().poll(&mut Context::from_waker(first))
                }))
            }
            Fault::WrapsAround if duration.as_millis() > u32::MAX.into() => {
                let wrapped = Duration::from_millis((duration.as_millis() as u32).into());
                Box::pin(self.right(self.runtime.now() + wrapped))
            }
            Fault::FiresOnFar if duration > Duration::from_secs(1 << 36) => Box::pin(ready(())),
            Fault::WakesAfterDrop => {
                let (sleeper, mut sleep, mut armed) =
                    (self.clone(), Box::pin(self.right(deadline)), false);
                Box::pin(poll_fn(move |cx| {
                    if !std::mem::replace(&mut armed, true) {
                        let (sleep, waker) = (sleeper.right(deadline), cx.waker().clone());
                        drop(sleeper.runtime.spawn(async {
                            sleep.await;
                            waker.wake();
                        }));
                    }
                    sleep.as_mut().poll(cx)
                }))
            }
            Fault::NoEndInThePast
                if now.saturating_duration_since(deadline) > Duration::from_secs(1) =>
            {
                Box::pin(pending())
            }
            Fault::FullAtFiveThousand => {
                let (sleep, alive) = (self.right(deadline), Arc::clone(&self.alive));
                Box::pin(async move {
                    if Arc::strong_count(&alive) > 5_000 {
                        pending::<()>().await;
                    }
                    sleep.await;
                })
            }
            Fault::ThreadBound => {
                let (mut sleep, thread) = (Box::pin(self.right(deadline)), thread::current().id());
                Box::pin(poll_fn(move |cx| {
                    assert!(
                        thread == thread::current().id(),
                        "polled on a foreign thread"
                    );
                    sleep.as_mut().poll(cx)
                }))
            }
            Fault::PendingOnce => {
                let (mut sleep, mut polled) = (Box::pin(self.right(deadline)), false);
                Box::pin(poll_fn(move |cx| {
                    if std::mem::replace(&mut polled, true) {
                        return sleep.as_mut().poll(cx);
                    }
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }))
            }
            Fault::OneAfterTheOther => self.in_a_queue(deadline),
            Fault::LeavesTheTimerArmed => Box::pin(Movable {
                sleep: Box::pin(self.right(deadline)),
                deadline,
                moved: self.moved.clone(),
            }),
            Fault::DiesOfWakers => {
                let (mut sleep, dead) = (Box::pin(self.right(deadline)), self.dead.clone());
                Box::pin(poll_fn(move |cx| {
                    let waker = Arc::new(Mortal(cx.waker().clone(), dead.clone())).into();
                    sleep.as_mut().poll(&mut Context::from_waker(&waker))
                }))
            }
            Fault::GoesWithItsRuntime => {
                let (mut sleep, runtime) = (Box::pin(self.right(deadline)), self.runtime.clone());
                Box::pin(poll_fn(move |cx| {
                    let mut there = runtime.spawn(pending::<()>());
                    if there.is_finished() {
                        return Poll::Pending;
                    }
                    there.abort();
                    sleep.as_mut().poll(cx)
                }))
            }
            _ => Box::pin(self.right(deadline)),
        }
    }

    fn sleep(&self, duration: Duration) -> BadSleep {
        match self.fault {
            Fault::PanicsOnMax => self.sleep_until(Instant::now() + duration),
            Fault::NoEndOfZero if duration.is_zero() => Box::pin(pending()),
            Fault::ClockOfItsOwn => Box::pin(Smol.sleep(duration)),
            _ => {
                let far = Duration::from_secs(1 << 40);
                self.sleep_until(
                    self.now()
                        .checked_add(duration)
                        .unwrap_or_else(|| Instant::now() + far),
                )
            }
        }
    }

    fn system_time(&self) -> SystemTime {
        let now = SystemTime::now();
        match self.fault {
            Fault::WallClockStandsStill => SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 30),
            // The clock runs a thousand times as fast.
            Fault::WallClockRuns => {
                let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap();
                now + (since.as_secs() % 1_000) as u32 * Duration::from_secs(1_000)
                    + since.subsec_nanos() * Duration::from_nanos(1_000)
            }
            // Every second reading is wrong.
            Fault::WallClockShowsMore if self.readings.fetch_add(1, SeqCst) % 2 == 1 => {
                now + Duration::from_secs(1)
            }
            Fault::WallClockGoesBack => {
                now - self.readings.fetch_add(1, SeqCst) as u32 * Duration::from_secs(1)
            }
            _ => now,
        }
    }

    fn reset(&self, mut sleep: Pin<&mut BadSleep>, deadline: Instant) {
        match self.fault {
            Fault::IgnoresReset => {}
            Fault::LeavesTheTimerArmed => {
                let address = &raw const **sleep as *const () as usize;
                self.moved.lock().unwrap().insert(address, deadline);
            }
            _ => sleep.set(self.sleep_until(deadline)),
        }
    }
}

impl Spawner for BadSleeper {
    type Task<T: Send + 'static> = TokioTask<T>;

    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.runtime.spawn(future)
    }
}
