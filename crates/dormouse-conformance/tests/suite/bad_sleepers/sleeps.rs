//! The sleeps of the bad sleepers, each with the fault of its sleeper.

use std::collections::BTreeMap;
use std::future::{Future, pending, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{Sleeper, Spawner, Task};
use dormouse_smol::Smol;

use crate::bad_sleepers::{BadSleeper, Fault};

pub(crate) type BadSleep = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

/// The deadlines to which sleeps have been moved, by the addresses of the sleeps.
pub(crate) type Moved = Arc<Mutex<BTreeMap<usize, Instant>>>;

impl BadSleeper {
    /// The sleep until then, with the fault.
    pub(crate) fn faulty(&self, deadline: Instant) -> BadSleep {
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
            Fault::EarlyInProportion
                if (100..1_000_000).contains(&(duration.as_millis() as u64)) =>
            {
                Box::pin(self.right(deadline - duration / 100))
            }
            Fault::LazyOutside if tokio::runtime::Handle::try_current().is_err() => {
                let sleeper = self.clone();
                Box::pin(async move { sleeper.runtime.sleep(duration).await })
            }
            Fault::SpentAfterFiveHundred => {
                let (mut sleep, spent) = (Box::pin(self.right(deadline)), self.spent.clone());
                Box::pin(poll_fn(move |cx| {
                    if spent.load(SeqCst) >= 500 {
                        cx.waker().wake_by_ref();
                        spent.store(0, SeqCst);
                        return Poll::Pending;
                    }
                    let poll = sleep.as_mut().poll(cx);
                    // One that is pending ends the poll of its task, more or less.
                    let ready = spent.load(SeqCst) + 1;
                    spent.store(if poll.is_ready() { ready } else { 0 }, SeqCst);
                    poll
                }))
            }
            Fault::DeafToANewWaker => {
                let (mut sleep, mut first) = (Box::pin(self.right(deadline)), None);
                Box::pin(poll_fn(move |cx| {
                    let first: &Waker = first.get_or_insert_with(|| cx.waker().clone());
                    sleep.as_mut().poll(&mut Context::from_waker(first))
                }))
            }
            Fault::DeafToAThirdWaker => {
                let (mut sleep, mut wakers) = (Box::pin(self.right(deadline)), Vec::<Waker>::new());
                Box::pin(poll_fn(move |cx| {
                    let is_known = wakers.iter().any(|known| known.will_wake(cx.waker()));
                    if !is_known && wakers.len() < 2 {
                        wakers.push(cx.waker().clone());
                    }
                    let latest = &wakers[wakers.len() - 1];
                    sleep.as_mut().poll(&mut Context::from_waker(latest))
                }))
            }
            Fault::WrapsAround if duration.as_millis() > u32::MAX.into() => {
                let wrapped = Duration::from_millis((duration.as_millis() as u32).into());
                Box::pin(self.right(self.runtime.now() + wrapped))
            }
            Fault::WrapsAroundAt36 if duration.as_millis() >> 36 > 0 => {
                let wrapped = duration.as_millis() as u64 % (1 << 36);
                Box::pin(self.right(self.runtime.now() + Duration::from_millis(wrapped)))
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
            Fault::OverOnceItsRuntimeIsGone => {
                let is_gone = self.runtime.spawn(pending::<()>()).is_finished();
                if is_gone {
                    Box::pin(ready(()))
                } else {
                    Box::pin(self.right(deadline))
                }
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

    pub(crate) fn right(
        &self,
        deadline: Instant,
    ) -> impl Future<Output = ()> + Send + Sync + use<> {
        self.runtime.sleep_until(deadline)
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
        let wake_inner = || self.0.wake_by_ref();
        if !self.1.load(SeqCst) && catch_unwind(AssertUnwindSafe(wake_inner)).is_err() {
            self.1.store(true, SeqCst);
        }
    }
}
