//! Which thread drives: one at a time.

use std::panic::Location;
use std::sync::{Arc, MutexGuard};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::Deadlock;
use crate::blocking;
use crate::world::blocked::Blocked;
use crate::world::job::home;
use crate::world::state::State;
use crate::world::{Ready, World};

/// The right to drive a runtime, for the duration of one call.
///
/// A thread that calls while another one drives takes a place in the ready queue, and gets the turn
/// when the driver comes to that place. So the turn also goes to the thread whose future has been
/// woken, and to the only thread that can poll a ready task.
pub(crate) struct Turn<'a> {
    world: &'a Arc<World>,
    here: ThreadId,
    called_at: &'static Location<'static>,
    /// `None` for a call that only moves the clock.
    blocked: Option<Arc<Blocked>>,
    /// This thread runs a closure of `spawn_blocking`, which does not hold the clock during this
    /// call.
    suspended: bool,
}

impl<'a> Turn<'a> {
    /// Waits for the turn; the future takes its place in the queue for its first poll.
    pub(crate) fn of_block_on(
        world: &'a Arc<World>,
        called_at: &'static Location<'static>,
        blocked: &Arc<Blocked>,
    ) -> Self {
        let mut turn = Self::new(world, called_at, Some(Arc::clone(blocked)));
        let mut state = world.lock();
        state.push(Ready::Blocked(Arc::clone(blocked)));
        turn.begin(state);
        turn
    }

    /// Waits for the turn.
    pub(crate) fn of_advance(world: &'a Arc<World>, called_at: &'static Location<'static>) -> Self {
        let mut turn = Self::new(world, called_at, None);
        let mut state = world.lock();
        if state.driver.is_some() {
            state.push(Ready::Turn(turn.here));
        }
        turn.begin(state);
        turn
    }

    /// Leaves the queue if the turn is this call's own, and says whether it is. If it is lent, the call
    /// that it belongs to gets it back before this one begins.
    pub(crate) fn leave_queue_if_own(&self) -> bool {
        let mut state = self.world.lock();
        let own = state.lender.is_none();
        if own {
            state.leave_queue(self.here);
        }
        own
    }

    /// What this thread has to run next. If nothing is ready, the clock moves to the next deadline
    /// that is not after `until`; `None` if there is no such deadline. A call that only moves the clock
    /// has moved it to `until` then.
    ///
    /// # Errors
    ///
    /// On a livelock.
    pub(crate) fn next(&self, until: u64) -> Result<Option<Ready>, Deadlock> {
        let mut state = self.world.lock();
        state.look_for_livelock(self.called_at)?;
        // Two calls that move the clock would hand the turn to each other for ever.
        let turns = self.blocked.is_some();
        loop {
            if state.handed.is_none() {
                state = self.give_back(state);
            }
            if let Some(ready) = state.next_ready(turns) {
                match ready.thread() {
                    _ if ready.is_over() => {}
                    // That thread has already had its turn.
                    Some(thread) if ready.is_turn() && !state.waiting.contains(&thread) => {}
                    Some(thread) if thread != self.here => {
                        state = self.hand_over(state, ready, thread);
                    }
                    _ => {
                        state
                            .detector
                            .begin_poll(ready.address(), ready.spawned_at());
                        return Ok(Some(ready));
                    }
                }
            } else if state.is_held() {
                state = self.world.listen(state);
            } else if let Some(next) = state.first_deadline().filter(|next| *next <= until) {
                state = self.world.move_clock(state, next);
            } else {
                if self.blocked.is_none() {
                    // Under this lock: real work that begins later holds the clock there.
                    drop(self.world.move_clock(state, until));
                }
                return Ok(None);
            }
        }
    }

    /// Waits for a short time for a wake-up from another thread.
    ///
    /// # Errors
    ///
    /// If there was none.
    pub(crate) fn wait_for_wake_up(&self) -> Result<(), Deadlock> {
        let world = self.world;
        let state = world.listen_while(world.lock(), PATIENCE, |state| !state.has_work());
        if state.has_work() {
            return Ok(());
        }
        Err(state.deadlock(self.called_at))
    }

    fn new(
        world: &'a Arc<World>,
        called_at: &'static Location<'static>,
        blocked: Option<Arc<Blocked>>,
    ) -> Self {
        home::sweep();
        Self {
            world,
            here: thread::current().id(),
            called_at,
            blocked,
            suspended: false,
        }
    }

    fn begin(&mut self, mut state: MutexGuard<'a, State>) {
        // Under the lock under which the call has taken its place in the queue: in between, another
        // thread would move the clock past it.
        self.suspended = blocking::suspend(self.world, &mut state, self.here);
        let mut state = self.wait(state);
        state.detector.begin();
    }

    fn wait(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        if state.driver.is_some() {
            state.waiting.push(self.here);
            // The driver may be idle, or waiting for this thread.
            self.world.changed.notify_all();
            while state.driver.is_some_and(|driver| driver != self.here) {
                state = self.world.listen(state);
            }
            state.waiting.retain(|thread| *thread != self.here);
        }
        state.driver = Some(self.here);
        state.called_at = Some(self.called_at);
        state
    }

    /// Gives the turn to the only thread that can poll this, and waits to get it back. Real work may
    /// keep that thread from calling the runtime: then this goes to the end of the queue.
    ///
    /// # Panics
    ///
    /// If that thread does not call the runtime, and no real work is under way. What it should have
    /// polled stays first in the queue.
    fn hand_over(
        &self,
        mut state: MutexGuard<'a, State>,
        ready: Ready,
        thread: ThreadId,
    ) -> MutexGuard<'a, State> {
        let spawned_at = ready.spawned_at();
        state.handed = Some(ready);
        let absent = |state: &mut State| {
            let over = state.handed.as_ref().is_none_or(Ready::is_over);
            !over && !state.waiting.contains(&thread)
        };
        let held = state.is_held();
        let limit = if held { MOMENT } else { ABSENCE };
        state = self.world.listen_while(state, limit, absent);
        if absent(&mut state) {
            if held {
                let later = state.handed.take();
                state.ready.extend(later);
                return state;
            }
            drop(state);
            let at = spawned_at.map_or_else(|| "?".to_owned(), ToString::to_string);
            panic!(
                "a task spawned by `spawn_local` at {at} is ready and stays on its thread: block \
                 on the `Virtual` there"
            );
        }
        if state.waiting.contains(&thread) {
            if self.blocked.is_none() {
                state.lender = Some(self.here);
            }
            state.driver = Some(thread);
            self.world.changed.notify_all();
            state = self.wait(state);
        }
        state
    }

    /// Gives a turn that was lent for one poll back to its lender, if there is one.
    fn give_back(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        if let Some(lender) = state.lender.take() {
            state.driver = Some(lender);
            self.world.changed.notify_all();
            state = self.wait(state);
        }
        state
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(blocked) = &self.blocked {
            blocked.end();
        }
        let mut state = self.world.lock();
        state.driver = state.lender.take();
        if self.suspended {
            state.resume(self.here);
        }
        self.world.ring(state);
        home::sweep();
    }
}

/// How long to wait for a wake-up from another thread, in real time, before that is a deadlock.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long to wait, in real time, for the call of the only thread that can poll a task. Nothing else
/// could be done meanwhile, and a busy machine may start that thread late.
const ABSENCE: Duration = Duration::from_secs(1);

/// How long before others run, while real work is under way.
const MOMENT: Duration = Duration::from_millis(1);
