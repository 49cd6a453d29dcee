//! Sleepers with one fault each, on top of a right one.

use std::collections::BTreeMap;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant, SystemTime};

use dormouse_core::adapter::current_runtime;
use dormouse_core::{Sleeper, Spawner};
use dormouse_smol::Smol;
use dormouse_tokio::{TokioHandle, TokioRuntime, TokioTask};

use crate::bad_sleepers::sleeps::{BadSleep, Moved};
use crate::caught::Owner;

mod queue;
mod sleeps;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    Early,
    Serial,
    Lazy,
    DeafToANewWaker,
    DeafToAThirdWaker,
    PanicsOnMax,
    FiresOnFar,
    WrapsAround,
    WrapsAroundAt36,
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
    OverOnceItsRuntimeIsGone,
    EarlyInProportion,
    LazyOutside,
    SpentAfterFiveHundred,
    BehindElsewhere,
    BehindInTasks,
    BehindInClones,
    OneSeed,
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
    wall_readings: Arc<AtomicUsize>,
    alive: Arc<()>,
    queue: Arc<Mutex<BTreeMap<(Instant, usize), Waker>>>,
    dead: Arc<AtomicBool>,
    moved: Moved,
    spent: Arc<AtomicUsize>,
    home: ThreadId,
    age: Age,
}

/// How often a handle was cloned to get this one.
struct Age(u32);

impl Clone for Age {
    fn clone(&self) -> Self {
        Self(self.0 + 1)
    }
}

impl BadSleeper {
    pub(crate) fn new(fault: Fault) -> Owner<Self> {
        let owner = Arc::new(TokioRuntime::multi_thread(2));
        let handle = Self {
            runtime: owner.handle(),
            fault,
            last: Arc::new(Mutex::new(Instant::now())),
            readings: Arc::default(),
            wall_readings: Arc::default(),
            alive: Arc::default(),
            queue: Arc::default(),
            dead: Arc::default(),
            moved: Arc::default(),
            spent: Arc::default(),
            home: thread::current().id(),
            age: Age(0),
        };
        Owner { owner, handle }
    }
}

impl Sleeper for BadSleeper {
    type Sleep = BadSleep;

    fn now(&self) -> Instant {
        let reading = self.readings.fetch_add(1, SeqCst);
        let now = Instant::now();
        match self.fault {
            Fault::ClockOfItsOwn => now + Duration::from_secs(3600),
            Fault::BehindElsewhere if self.home != thread::current().id() => {
                now - Duration::from_millis(2)
            }
            Fault::BehindInTasks
                if self.home != thread::current().id() && current_runtime().is_some() =>
            {
                now - Duration::from_millis(2)
            }
            Fault::BehindInClones => now - self.age.0 * Duration::from_millis(1),
            // After so many readings that the other cases do not reach it.
            Fault::ClockGoesBack if reading > 1_500 && reading % 100 == 0 => {
                now - Duration::from_millis(5)
            }
            _ => now,
        }
    }

    fn sleep_until(&self, deadline: Instant) -> BadSleep {
        self.faulty(deadline)
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
            Fault::WallClockShowsMore if self.wall_readings.fetch_add(1, SeqCst) % 2 == 1 => {
                now + Duration::from_secs(1)
            }
            Fault::WallClockGoesBack => {
                now - self.readings.fetch_add(1, SeqCst) as u32 * Duration::from_secs(1)
            }
            _ => now,
        }
    }

    fn draw_seed(&self) -> u64 {
        match self.fault {
            Fault::OneSeed => 42,
            _ => Smol.draw_seed(),
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
