//! A timer of its own, on a thread, with one fault.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::adapter::{drop_quietly, wake};
use dormouse_core::{Sleeper, Spawner};
use dormouse_tokio::{TokioHandle, TokioRuntime, TokioTask};

use crate::bad_timers::sleep::Sleep;
use crate::caught::Owner;

mod sleep;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    RemovesSixtyFour,
    CancelsWhereItWasPolled,
    Ticks,
    LosesABatch,
    DiesOfDestructors,
    WakesWhileLocked,
    DropsWhileLocked,
    HasRoomForSixtyFour,
    DeafOnceReset,
    StaysFired,
    WrapsWhenReset,
    IgnoresASecondReset,
    PendingOnceResetToThePast,
    CountsAResetFromItsPoll,
    OneForEachDeadline,
    LosesOneIn65536,
    CancelsByPlace,
    DeafToAFormerWaker,
    NotToldOfEarlierOnes,
}

#[derive(Clone)]
pub(crate) struct BadTimer {
    runtime: TokioHandle,
    timer: Arc<Timer>,
}

impl BadTimer {
    pub(crate) fn new(fault: Fault) -> Owner<Self> {
        let owner = Arc::new(TokioRuntime::multi_thread(2));
        let timer = Arc::new(Timer {
            fault,
            armed: Mutex::default(),
            changed: Condvar::new(),
            start: Instant::now(),
        });
        let runs = Arc::downgrade(&timer);
        thread::spawn(move || run(&runs));
        let runtime = owner.handle();
        Owner {
            owner,
            handle: Self { runtime, timer },
        }
    }
}

impl Sleeper for BadTimer {
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        Sleep::new(self.timer.clone(), deadline)
    }

    fn reset(&self, sleep: Pin<&mut Sleep>, deadline: Instant) {
        sleep.get_mut().reset(deadline);
    }
}

impl Spawner for BadTimer {
    type Task<T: Send + 'static> = TokioTask<T>;

    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.runtime.spawn(future)
    }
}

struct Timer {
    fault: Fault,
    armed: Mutex<Armed>,
    changed: Condvar,
    start: Instant,
}

type Key = (Instant, u64);

#[derive(Default)]
struct Armed {
    sleeps: BTreeMap<Key, (Waker, Arc<AtomicBool>)>,
    next: u64,
    cancelled: u32,
    /// Those that have fired, and have neither been polled nor dropped since.
    unread: u32,
}

impl Timer {
    fn lock(&self) -> MutexGuard<'_, Armed> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Instant {
        if self.fault == Fault::Ticks {
            let ticks = self.start.elapsed().as_millis() as u32 / 15;
            return self.start + ticks * Duration::from_millis(15);
        }
        Instant::now()
    }
}

/// Fires what is due, until the timer is gone.
fn run(timer: &Weak<Timer>) {
    while let Some(timer) = timer.upgrade() {
        let mut armed = timer.lock();
        let now = timer.now();
        let mut due = Vec::new();
        while let Some(first) = armed.sleeps.first_entry() {
            let (deadline, _) = *first.key();
            let is_full = timer.fault == Fault::HasRoomForSixtyFour;
            if deadline > now || is_full && armed.unread >= 64 {
                break;
            }
            due.extend(armed.sleeps.pop_first().map(|(_, sleep)| sleep));
            armed.unread += 1;
        }
        if due.is_empty() {
            let next = armed.sleeps.first_key_value();
            let wait = next.map(|((deadline, _), _)| deadline.saturating_duration_since(now));
            let wait = wait.unwrap_or(Duration::MAX);
            // Not for ever, so that it sees that it is gone.
            let most = match timer.fault {
                Fault::NotToldOfEarlierOnes => Duration::from_secs(60),
                _ => Duration::from_millis(5),
            };
            let wait = wait.clamp(Duration::from_micros(100), most);
            drop(timer.changed.wait_timeout(armed, wait));
            continue;
        }
        let locked = (timer.fault == Fault::WakesWhileLocked).then_some(armed);
        fire(timer.fault, due);
        drop(locked);
    }
}

fn fire(fault: Fault, due: Vec<(Waker, Arc<AtomicBool>)>) {
    let all = due.into_iter().map(|(waker, fired)| {
        fired.store(true, SeqCst);
        waker
    });
    match fault {
        Fault::LosesABatch => {
            drop_quietly(catch_unwind(AssertUnwindSafe(|| all.for_each(Waker::wake))));
        }
        Fault::DiesOfDestructors => all.for_each(|waker| {
            drop_quietly(catch_unwind(AssertUnwindSafe(|| waker.wake_by_ref())));
            drop(waker);
        }),
        _ => all.for_each(wake),
    }
}
