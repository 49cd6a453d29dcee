//! Threads for closures that block.

use std::io;
use std::sync::{Arc, MutexGuard};
use std::thread::{self, ThreadId};

use crate::state::State;
use crate::world::World;

/// What such a thread runs. It does not panic.
pub(crate) type Closure = Box<dyn FnOnce() + Send>;

/// Runs a closure on a thread; where the runtime is gone, drops it.
///
/// # Errors
///
/// If no thread is there and the system refuses one. The closure has been dropped then.
pub(crate) fn start(world: &Arc<World>, closure: Closure) -> io::Result<()> {
    let mut state = world.lock();
    if world.is_gone() {
        drop(state);
        drop(closure);
        return Ok(());
    }
    state.closures.push_back(closure);
    let hired = hire(world, &mut state);
    if hired.is_err() && state.closure_threads == 0 {
        let refused = state.closures.pop_back();
        drop(state);
        drop(refused);
        return hired;
    }
    // Those that are there run it.
    Ok(())
}

/// A closure that calls the runtime does not work meanwhile: it may wait for the clock to move.
/// Whether this thread runs one.
pub(crate) fn suspend(world: &Arc<World>, here: ThreadId) -> bool {
    let mut state = world.lock();
    let Some(place) = state.working.iter().position(|thread| *thread == here) else {
        return false;
    };
    state.working.swap_remove(place);
    state.closure_threads -= 1;
    if !state.closures.is_empty() {
        // Those that are there run them, if the system refuses another one.
        let _ = hire(world, &mut state);
    }
    // This may have been what held the clock.
    world.ring(state);
    true
}

impl State {
    /// The call is over: the closure works again.
    pub(crate) fn resume(&mut self, here: ThreadId) {
        self.working.push(here);
        self.closure_threads += 1;
    }
}

fn hire(world: &Arc<World>, state: &mut MutexGuard<'_, State>) -> io::Result<()> {
    if state.closure_threads < THREADS {
        let world = Arc::clone(world);
        let thread = thread::Builder::new().name("dormouse-virtual".into());
        thread.spawn(move || run(&world))?;
        state.closure_threads += 1;
    }
    Ok(())
}

/// Runs closures until none is left.
fn run(world: &World) {
    let here = thread::current().id();
    let mut state = world.lock();
    while let Some(closure) = state.closures.pop_front() {
        state.working.push(here);
        drop(state);
        closure();
        state = world.lock();
        state.working.retain(|thread| *thread != here);
    }
    state.closure_threads -= 1;
    // The clock may move.
    world.ring(state);
}

/// As many as tokio has.
const THREADS: usize = 512;
