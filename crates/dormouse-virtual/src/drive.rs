//! What moves the clock.

use std::future::Future;
use std::panic::Location;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use crate::Deadlock;
use crate::world::{Main, NEVER, Ready, State, World};

/// Drives `future` to its end. The clock moves when nothing is ready, to the next deadline.
pub(crate) fn block_on<F: Future>(
    world: &Arc<World>,
    future: F,
    blocked_at: &'static Location<'static>,
) -> Result<F::Output, Deadlock> {
    let driving = Driving::begin(world);
    let mut future = pin!(future);
    let main = Main::new(world);
    let waker = Waker::from(Arc::clone(&main));
    let mut cx = Context::from_waker(&waker);
    waker.wake_by_ref();
    loop {
        let next = world.lock().next_ready();
        match next {
            Some(Ready::Job(job)) => job.run(),
            Some(Ready::Main) => {
                main.begin();
                if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                    return Ok(output);
                }
            }
            None => {
                if !driving.step(NEVER) && !driving.wait() {
                    let tasks = world.lock().hanging();
                    return Err(Deadlock { blocked_at, tasks });
                }
            }
        }
    }
}

/// Moves the clock by `duration`, and runs on its way what becomes ready.
pub(crate) fn advance(world: &Arc<World>, duration: Duration) {
    let mut state = world.lock();
    let duration = u64::try_from(duration.as_nanos()).unwrap_or(NEVER);
    let until = state.now.saturating_add(duration).min(NEVER - 1);
    let within = state.driver == Some(thread::current().id());
    if within {
        // The tasks run once the one that calls this waits.
        while state.first_deadline().is_some_and(|first| first <= until) {
            state.now = state.now.max(state.first_deadline().unwrap_or(until));
            while let Some(waker) = state.take_due() {
                drop(state);
                waker.wake();
                state = world.lock();
            }
        }
        state.now = until;
        return;
    }
    drop(state);
    let driving = Driving::begin(world);
    loop {
        let next = world.lock().next_ready();
        match next {
            Some(Ready::Job(job)) => job.run(),
            // What somebody blocked on once.
            Some(Ready::Main) => {}
            None if driving.step(until) => {}
            None => break,
        }
    }
    world.lock().now = until;
}

/// One thread drives at a time.
struct Driving<'a> {
    world: &'a Arc<World>,
}

impl<'a> Driving<'a> {
    fn begin(world: &'a Arc<World>) -> Self {
        let mut state = world.lock();
        let here = thread::current().id();
        while let Some(driver) = state.driver {
            if driver == here {
                drop(state);
                panic!(
                    "this `Virtual` is blocked on already, by the code that called this: await the \
                     future there, or block on another `Virtual`"
                );
            }
            // Another thread does: its turn comes first.
            state.waiting += 1;
            state = world
                .bell
                .wait(state)
                .unwrap_or_else(|lock| lock.into_inner());
            state.waiting -= 1;
        }
        state.driver = Some(here);
        drop(state);
        Self { world }
    }

    /// Moves the clock to the next deadline up to `until` and wakes who is due, in order; whether
    /// there was one.
    fn step(&self, until: u64) -> bool {
        let mut state = self.world.lock();
        let Some(first) = state.first_deadline().filter(|first| *first <= until) else {
            return false;
        };
        state.now = state.now.max(first);
        while let Some(waker) = state.take_due() {
            drop(state);
            waker.wake();
            state = self.world.lock();
        }
        true
    }

    /// Waits a little for a wake-up from another thread; whether there was one.
    fn wait(&self) -> bool {
        let mut state = self.world.lock();
        state.waiting += 1;
        let idle = |state: &mut State| !state.has_work();
        let waited = self.world.bell.wait_timeout_while(state, PATIENCE, idle);
        let (mut state, _) = waited.unwrap_or_else(|lock| lock.into_inner());
        state.waiting -= 1;
        state.has_work()
    }
}

impl Drop for Driving<'_> {
    fn drop(&mut self) {
        let mut state = self.world.lock();
        state.driver = None;
        self.world.ring(state);
    }
}

/// How long, in real time, a wake-up from another thread is waited for before it is a deadlock.
const PATIENCE: Duration = Duration::from_millis(100);
