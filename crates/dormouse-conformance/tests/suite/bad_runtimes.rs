//! Runtimes that are broken in how they end, in what they run, or where they can be called from.

use std::cell::Cell;
use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::sync::{Arc, LazyLock, Weak};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Instant;

use dormouse_core::{BlockOn, Sleeper, Spawner};
use dormouse_tokio::{TokioHandle, TokioRuntime, TokioTask};

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
    // `None` only during the drop.
    owner: Option<Arc<TokioRuntime>>,
    handle: BadHandle,
}

#[derive(Clone)]
pub(crate) struct BadHandle {
    runtime: TokioHandle,
    fault: Fault,
    owner: Weak<TokioRuntime>,
    _kept: Option<Arc<TokioRuntime>>,
    home: thread::ThreadId,
}

impl BadRuntime {
    pub(crate) fn new(fault: Fault) -> Self {
        let owner = Arc::new(TokioRuntime::multi_thread(2));
        Self {
            handle: BadHandle {
                runtime: owner.handle(),
                fault,
                owner: Arc::downgrade(&owner),
                _kept: (fault == Fault::HandlesAreOwners).then(|| Arc::clone(&owner)),
                home: thread::current().id(),
            },
            owner: Some(owner),
        }
    }

    pub(crate) fn handle(&self) -> BadHandle {
        self.handle.clone()
    }
}

impl BlockOn for BadRuntime {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let owner = self.owner.as_ref().expect("taken by its drop alone");
        match self.handle.fault {
            Fault::WakesNobody => {
                let poll = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
                match poll {
                    Poll::Ready(output) => output,
                    Poll::Pending => sleep_for_ever(),
                }
            }
            Fault::HangsWhenNested => {
                if NESTED.replace(true) {
                    sleep_for_ever();
                }
                let _leave = Leave;
                owner.block_on(future)
            }
            _ => owner.block_on(future),
        }
    }
}

static ELSEWHERE: LazyLock<TokioRuntime> = LazyLock::new(|| TokioRuntime::multi_thread(1));

thread_local! {
    static NESTED: Cell<bool> = const { Cell::new(false) };
    static NOBODY: TokioRuntime = TokioRuntime::current_thread();
}

struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        NESTED.set(false);
    }
}

fn sleep_for_ever() -> ! {
    loop {
        thread::park();
    }
}

impl Drop for BadRuntime {
    fn drop(&mut self) {
        let owner = self.owner.take();
        match self.handle.fault {
            Fault::StaysWhileUnwinding if thread::panicking() => std::mem::forget(owner),
            Fault::PanicsWithItsTasks if !thread::panicking() => panic!("a task panicked"),
            _ => drop(owner),
        }
    }
}

impl BadHandle {
    /// Panics if it is called on another thread than the one that made it, for the faults that do.
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
    type Task<T: Send + 'static> = TokioTask<T>;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.check_context();
        let gone = self.owner.strong_count() == 0;
        match self.fault {
            Fault::PanicsOnASpawnWhenGone if gone => panic!("the runtime is gone"),
            Fault::RunsASpawnWhenGone if gone => ELSEWHERE.spawn(future),
            Fault::RunsNoTask => NOBODY.with(|nobody| nobody.spawn(future)),
            _ => self.runtime.spawn(future),
        }
    }
}
