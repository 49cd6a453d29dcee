//! Local tasks with one fault each.

use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::adapter::{YieldNow, current_runtime};
use dormouse_core::{BlockOn, LocalSpawner, Sleeper};
use dormouse_smol::{Smol, SmolLocal, SmolLocalHandle, SmolSleep};

use crate::bad_local::future::{Guarded, Running};
use crate::bad_local::handle::BadLocalTask;

mod future;
mod handle;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    LazyUntilAwaited,
    LosesSpawnsOutside,
    OneAtATime,
    CancelsOnDrop,
    LosesPanics,
    ResolvesBeforeTheDrop,
    LosesDestructors,
    CancelledWhenPolledAgain,
    HangsWhenGone,
    KeepsItsRuntime,
    PanicsWhenGone,
    DeafToANewWaker,
    LosesTheWakerWhenAsked,
    CancelsOnDropOncePolled,
    LeaksOnceAsked,
    PendingAfterAPanic,
    SleepsPanicWhenGone,
    LosesForeignWakes,
    YieldsToNobody,
    RefusesSpawnsInATask,
    RefusesSpawnsInItsDrop,
    TakesNoTurns,
    StarvesBlockOn,
    RefusesAbortsInItsDrop,
    HangsInItsTasks,
}

pub(crate) struct LocalOwner {
    // `None` only during the drop.
    owner: Option<Rc<SmolLocal>>,
    refuses: Rc<Cell<bool>>,
    /// Since `block_on` has last looked at it.
    spawned: Rc<Cell<bool>>,
    fault: Fault,
}

impl LocalOwner {
    pub(crate) fn new(fault: Fault) -> Self {
        Self {
            owner: Some(Rc::new(SmolLocal::new())),
            refuses: Rc::default(),
            spawned: Rc::default(),
            fault,
        }
    }

    fn owner(&self) -> &Rc<SmolLocal> {
        self.owner.as_ref().expect("taken by its drop alone")
    }

    pub(crate) fn handle(&self) -> BadLocal {
        BadLocal {
            runtime: self.owner().handle(),
            owner: Rc::downgrade(self.owner()),
            running: Rc::default(),
            refuses: self.refuses.clone(),
            spawned: self.spawned.clone(),
            fault: self.fault,
        }
    }
}

impl BlockOn for LocalOwner {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        if self.fault == Fault::HangsInItsTasks && current_runtime().is_some() {
            thread::sleep(Duration::MAX);
        }
        let mut future = pin!(future);
        self.owner().block_on(poll_fn(|cx| {
            if self.spawned.replace(false) && self.fault == Fault::StarvesBlockOn {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            future.as_mut().poll(cx)
        }))
    }
}

impl Drop for LocalOwner {
    fn drop(&mut self) {
        self.refuses
            .set(self.fault == Fault::RefusesSpawnsInItsDrop);
        drop(self.owner.take());
        self.refuses.set(false);
    }
}

#[derive(Clone)]
pub(crate) struct BadLocal {
    runtime: SmolLocalHandle,
    owner: Weak<SmolLocal>,
    running: Rc<Cell<bool>>,
    /// A spawn panics.
    refuses: Rc<Cell<bool>>,
    spawned: Rc<Cell<bool>>,
    fault: Fault,
}

impl Sleeper for BadLocal {
    type Sleep = BadLocalSleep;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    fn sleep_until(&self, deadline: Instant) -> BadLocalSleep {
        BadLocalSleep {
            sleep: Box::pin(self.runtime.sleep_until(deadline)),
            owner: self.owner.clone(),
            fault: self.fault,
        }
    }
}

pub(crate) struct BadLocalSleep {
    sleep: Pin<Box<SmolSleep>>,
    owner: Weak<SmolLocal>,
    fault: Fault,
}

impl Future for BadLocalSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let gone = self.owner.strong_count() == 0;
        let panics = gone && self.fault == Fault::SleepsPanicWhenGone;
        assert!(!panics, "its timers are gone");
        self.sleep.as_mut().poll(cx)
    }
}

impl LocalSpawner for BadLocal {
    type LocalTask<T: 'static> = BadLocalTask<T>;

    fn spawn_local<F>(&self, future: F) -> BadLocalTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (fault, touched) = (self.fault, Rc::new(Cell::new(false)));
        let gone = self.owner.strong_count() == 0;
        assert!(!(gone && fault == Fault::PanicsWhenGone), "it is gone");
        assert!(!self.refuses.get(), "already borrowed");
        self.spawned.set(true);
        let lost = fault == Fault::LosesSpawnsOutside && current_runtime().is_none();
        let kept = (fault == Fault::KeepsItsRuntime).then(|| self.owner.upgrade());
        let (begin, running) = (touched.clone(), self.running.clone());
        let future = Guarded {
            future: Some(Box::pin(future)),
            refuses: self.refuses.clone(),
            fault,
        };
        let task = self.runtime.spawn_local(async move {
            let _kept = kept;
            if lost {
                pending::<()>().await;
            }
            while fault == Fault::LazyUntilAwaited && !begin.get() {
                Smol.sleep(Duration::from_millis(1)).await;
            }
            while fault == Fault::OneAtATime && running.get() {
                Smol.sleep(Duration::from_millis(1)).await;
            }
            let _running = Running::new(running);
            future.await
        });
        BadLocalTask {
            task: Some(task),
            owner: self.owner.clone(),
            touched,
            first: None,
            aborted: false,
            polled: false,
            asked: false,
            panicked: false,
            fault,
        }
    }
    fn yield_local(&self) -> impl Future<Output = ()> + 'static {
        let (fault, mut yielding) = (self.fault, YieldNow::default());
        poll_fn(move |cx| match fault {
            Fault::YieldsToNobody => Poll::Ready(()),
            _ => Pin::new(&mut yielding).poll(cx),
        })
    }
}
