//! Threads for closures that block.

use std::io;
use std::sync::{Arc, MutexGuard};
use std::thread::{self, ThreadId};

use crate::world::World;
use crate::world::state::{Closure, State};

/// Runs a closure on a thread; drops it if the runtime is gone.
///
/// # Errors
///
/// If there is no thread and the system refuses one. Then the closure has been dropped.
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
    // If the system refused a thread, the existing ones run it.
    Ok(())
}

/// While a closure calls the runtime, it does not hold the clock, as it may wait for the clock to
/// move. Returns whether this thread runs a closure.
pub(crate) fn suspend(
    world: &Arc<World>,
    state: &mut MutexGuard<'_, State>,
    here: ThreadId,
) -> bool {
    let Some(place) = state.working.iter().position(|thread| *thread == here) else {
        return false;
    };
    state.working.swap_remove(place);
    state.closure_threads -= 1;
    if !state.closures.is_empty() {
        // If the system refuses another thread, the existing ones run them.
        let _ = hire(world, state);
    }
    true
}

impl State {
    /// The call has ended: the closure holds the clock again.
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
    // The clock may move now.
    world.ring(state);
}

/// The same limit as tokio's.
const THREADS: usize = 512;
