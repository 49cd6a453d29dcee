//! Real work that the clock waits for.

use std::fmt;
use std::sync::Arc;

use crate::world::World;

/// The guard of [`Virtual::real_work`](crate::Virtual::real_work): while it exists, the clock
/// stands still.
#[must_use = "the clock moves again when the guard is dropped"]
pub struct RealWork {
    world: Arc<World>,
}

impl RealWork {
    pub(crate) fn begin(world: &Arc<World>) -> Self {
        world.lock().guards += 1;
        Self {
            world: Arc::clone(world),
        }
    }
}

impl Drop for RealWork {
    fn drop(&mut self) {
        let mut state = self.world.lock();
        state.guards -= 1;
        self.world.ring(state);
    }
}

impl fmt::Debug for RealWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RealWork").finish_non_exhaustive()
    }
}
