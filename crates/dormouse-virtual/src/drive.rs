//! The calls that drive a runtime.

use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use dormouse_core::adapter::{drop_quietly, enter, forget_caller, poll_or_drop, refuse_to_block};

use crate::Deadlock;
use crate::turn::Turn;
use crate::world::blocked::Blocked;
use crate::world::{NEVER, Ready, World};

/// Drives `future` to its end. When nothing is ready, the clock moves to the next deadline.
#[track_caller]
pub(crate) fn block_on<F: Future>(
    world: &Arc<World>,
    future: F,
    called_at: &'static Location<'static>,
) -> Result<F::Output, Deadlock> {
    refuse_to_block(NAME);
    forget_caller();
    let blocked = Blocked::new(world);
    let waker = Waker::from(Arc::clone(&blocked));
    // Dropped after the future, so that the future's destructor can't block either.
    let _current = enter(NAME, &waker);
    let turn = Turn::of_block_on(world, called_at, &blocked);
    let mut future = pin!(Some(future));
    let mut cx = Context::from_waker(&waker);
    loop {
        match turn.next(NEVER)? {
            Some(Ready::Job(job)) => job.run(),
            Some(Ready::Blocked(_)) => {
                blocked.begin_poll();
                let poll = || poll_or_drop(future.as_mut(), &mut cx);
                match catch_unwind(AssertUnwindSafe(poll)) {
                    Ok(Poll::Ready(output)) => return Ok(output),
                    Ok(Poll::Pending) => {}
                    Err(payload) => {
                        // A statement of its own, so that the lock is released before the payload
                        // is dropped or unwinds.
                        let report = world.lock().detector.report.take();
                        // A sleep has panicked to end the poll of a livelock, which is reported
                        // here.
                        let Some(livelock) = report else {
                            resume_unwind(payload);
                        };
                        drop_quietly(payload);
                        return Err(livelock);
                    }
                }
            }
            Some(Ready::Turn(_)) => {}
            None => turn.wait_for_wake_up()?,
        }
    }
}

/// Moves the clock by `duration`, and runs what becomes ready on the way.
#[track_caller]
pub(crate) fn advance(
    world: &Arc<World>,
    duration: Duration,
    called_at: &'static Location<'static>,
) {
    let duration = u64::try_from(duration.as_nanos()).unwrap_or(NEVER);
    let until = || world.now().saturating_add(duration).min(NEVER - 1);
    let state = world.lock();
    if state.driver == Some(thread::current().id()) {
        // Called from inside the runtime. The tasks run once the calling one waits.
        world.move_clock_by_steps(state, until());
        return;
    }
    drop(state);
    if world.is_gone() {
        return;
    }
    // No code that runs in here may block.
    let _current = enter(NAME, Waker::noop());
    let turn = Turn::of_advance(world, called_at);
    // What other threads have moved the clock by before counts for them. So this call begins once the
    // turn is its own: one that is lent is for a poll of a local task.
    let mut end = None;
    loop {
        if end.is_none() && turn.leave_queue_if_own() {
            end = Some(until());
        }
        match turn.next(end.unwrap_or(0)) {
            Ok(Some(Ready::Job(job))) => job.run(),
            Ok(None) if end.is_some() => break,
            Ok(_) => {}
            Err(livelock) => panic!("{livelock}"),
        }
    }
}

/// The name of the type, as a user writes it.
const NAME: &str = "Virtual";
