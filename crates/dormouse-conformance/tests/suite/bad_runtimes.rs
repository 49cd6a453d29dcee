//! Runtimes that are broken in how they end, in what they run, or where they can be called from.

use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Instant;

use dormouse_core::{BlockOn, Sleeper, Spawner};
use dormouse_smol::{Smol, SmolExecutor, SmolHandle, SmolTask};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    HandlesAreOwners,
    PanicsOnASpawnWhenGone,
    RunsASpawnWhenGone,
    PanicsWithItsTasks,
    StaysWhileUnwinding,
    SaysNothing,
    NamesItsOwnLine,
    HangsWhenNested,
    RunsNoTask,
    WakesNobody,
    EndsNoSleep,
}

pub(crate) struct BadRuntime {
    // `None` only while it is dropped.
    smol: Option<Arc<SmolExecutor>>,
    handle: BadHandle,
}

#[derive(Clone)]
pub(crate) struct BadHandle {
    runtime: SmolHandle,
    fault: Fault,
    owner: Weak<SmolExecutor>,
    _kept: Option<Arc<SmolExecutor>>,
    home: thread::ThreadId,
}

impl BadRuntime {
    pub(crate) fn new(fault: Fault) -> Self {
        let smol = Arc::new(SmolExecutor::new(2));
        Self {
            handle: BadHandle {
                runtime: smol.handle(),
                fault,
                owner: Arc::downgrade(&smol),
                _kept: (fault == Fault::HandlesAreOwners).then(|| Arc::clone(&smol)),
                home: thread::current().id(),
            },
            smol: Some(smol),
        }
    }

    pub(crate) fn handle(&self) -> BadHandle {
        self.handle.clone()
    }
}

impl BlockOn for BadRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let smol = self.smol.as_ref().expect("taken by its drop alone");
        match self.handle.fault {
            Fault::WakesNobody => {
                let poll = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
                match poll {
                    Poll::Ready(output) => output,
                    Poll::Pending => sleep_for_ever(),
                }
            }
            Fault::HangsWhenNested => {
                let mut future = Box::pin(future);
                smol.block_on(poll_fn(|cx| {
                    if NESTED.replace(true) {
                        sleep_for_ever();
                    }
                    let poll = future.as_mut().poll(cx);
                    NESTED.set(false);
                    poll
                }))
            }
            _ => smol.block_on(future),
        }
    }
}

thread_local! {
    static NESTED: Cell<bool> = const { Cell::new(false) };
    static NOBODY: SmolExecutor = SmolExecutor::new(0);
}

fn sleep_for_ever() -> ! {
    loop {
        thread::park();
    }
}

impl Drop for BadRuntime {
    fn drop(&mut self) {
        let smol = self.smol.take();
        match self.handle.fault {
            Fault::StaysWhileUnwinding if thread::panicking() => std::mem::forget(smol),
            Fault::PanicsWithItsTasks if !thread::panicking() => panic!("a task panicked"),
            _ => drop(smol),
        }
    }
}

impl BadHandle {
    /// Outside of the thread that made it.
    fn check_context(&self) {
        if self.home != thread::current().id() && self.fault == Fault::SaysNothing {
            panic!("no context");
        }
        if self.home != thread::current().id() && self.fault == Fault::NamesItsOwnLine {
            panic!("no context here: call this inside of one, or use an owner");
        }
    }
}

impl Sleeper for BadHandle {
    type Sleep = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    #[track_caller]
    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        self.check_context();
        if self.fault == Fault::EndsNoSleep {
            return Box::pin(pending());
        }
        Box::pin(self.runtime.sleep_until(deadline))
    }
}

impl Spawner for BadHandle {
    type Task<T: Send + 'static> = SmolTask<T>;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> SmolTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.check_context();
        let gone = self.owner.strong_count() == 0;
        match self.fault {
            Fault::PanicsOnASpawnWhenGone if gone => panic!("the runtime is gone"),
            Fault::RunsASpawnWhenGone if gone => Smol.spawn(future),
            Fault::RunsNoTask => NOBODY.with(|nobody| nobody.spawn(future)),
            _ => self.runtime.spawn(future),
        }
    }
}
