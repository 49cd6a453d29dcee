//! What stands for a runtime yields as that does.

use std::cell::Cell;
use std::future::{Future, ready};
use std::rc::Rc;
use std::sync::Arc;

use dormouse_core::{Coalesced, Instant, LocalSpawner, Mixed, Sleeper};
use dormouse_smol::{Smol, SmolLocal, SmolLocalHandle, SmolLocalTask, SmolSleep};

/// A runtime with a yield of its own, which counts.
#[derive(Clone)]
struct Counts {
    runtime: SmolLocalHandle,
    yields: Rc<Cell<u32>>,
}

impl Sleeper for Counts {
    type Sleep = SmolSleep;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> SmolSleep {
        self.runtime.sleep_until(deadline)
    }
}

impl LocalSpawner for Counts {
    type LocalTask<T: 'static> = SmolLocalTask<T>;

    fn spawn_local<F>(&self, future: F) -> SmolLocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.runtime.spawn_local(future)
    }

    fn yield_local(&self) -> impl Future<Output = ()> + 'static {
        self.yields.set(self.yields.get() + 1);
        ready(())
    }
}

fn yields(runtime: impl LocalSpawner) {
    drop(runtime.yield_local());
}

#[test]
fn decorators_and_pointers_yield_as_what_is_inside() {
    let owner = SmolLocal::new();
    let runtime = Counts {
        runtime: owner.handle(),
        yields: Rc::default(),
    };
    yields(&runtime);
    yields(Box::new(runtime.clone()));
    yields(Rc::new(runtime.clone()));
    #[expect(
        clippy::arc_with_non_send_sync,
        reason = "it is forwarded to all the same"
    )]
    yields(Arc::new(runtime.clone()));
    yields(Mixed::new(Smol, runtime.clone()));
    yields(Coalesced::new_local(runtime.clone()));
    assert_eq!(runtime.yields.get(), 6);
}
