//! Whether a future is `Send` and `Unpin` depends on the sleep.

use std::cell::Cell;
use std::error::Error;
use std::future::Future;
use std::marker::{PhantomData, PhantomPinned};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use dormouse_core::{
    AbortHandle, Abortable, Coalesced, CoalescedSleep, CoalescedWaitN, Elapsed, FallibleTaskWaitN,
    Interval, JoinError, JoinSet, LocalAbortHandle, MaxDelay, MaxDelayError, MeasureError, Sleeper,
    Spawner, TaskWaitN, TaskWaitNStream, Timeout, TooManyWaits, WaitN, WaitNStream, WaitRandom,
    interval, wait_n_with,
};
use static_assertions::assert_not_impl_any;

use crate::stage::{Root, Stage, StageSleep};

/// A sleep that is neither `Send` nor `Unpin`.
#[derive(Debug)]
struct Pinned {
    _pinned: PhantomPinned,
    _local: PhantomData<Rc<()>>,
}

impl Future for Pinned {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

#[derive(Clone, Debug)]
struct Local;

impl Sleeper for Local {
    type Sleep = Pinned;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, _: Instant) -> Pinned {
        Pinned {
            _pinned: PhantomPinned,
            _local: PhantomData,
        }
    }
}

#[test]
fn auto_traits_follow_the_sleep() {
    fn free<T: Send + Sync + Unpin>() {}
    fn error<T: Error + Send + Sync + Unpin + 'static>() {}
    fn unpin<T: Unpin>() {}
    fn unwind_safe<T: UnwindSafe + RefUnwindSafe>() {}

    free::<WaitN<Stage>>();
    free::<WaitNStream<Stage>>();
    free::<WaitRandom<StageSleep>>();
    free::<TaskWaitN<Stage>>();
    free::<FallibleTaskWaitN<Stage>>();
    free::<TaskWaitNStream<Stage>>();
    free::<Coalesced<Stage>>();
    free::<CoalescedSleep<Stage>>();
    free::<CoalescedWaitN<Stage>>();
    free::<Interval<Stage>>();
    free::<Timeout<StageSleep, StageSleep>>();
    free::<MaxDelay>();
    free::<AbortHandle>();
    free::<Abortable<<Stage as Spawner>::Task<Cell<u8>>>>();
    free::<JoinSet<Cell<u8>, Stage>>();
    unwind_safe::<MaxDelay>();
    error::<JoinError>();
    error::<MaxDelayError>();
    error::<MeasureError>();
    error::<TooManyWaits>();
    error::<Elapsed>();
    // Futures that pin their sleeps themselves are `Unpin`, whatever the sleep.
    unpin::<WaitN<Local>>();
    unpin::<WaitNStream<Local>>();
    unpin::<CoalescedSleep<Local>>();
    unpin::<CoalescedWaitN<Local>>();
    unpin::<Interval<Local>>();
    assert_not_impl_any!(LocalAbortHandle: Send, Sync);
    assert_not_impl_any!(WaitN<Local>: Send, Sync);
    assert_not_impl_any!(WaitRandom<Pinned>: Send, Unpin);
    assert_not_impl_any!(CoalescedSleep<Local>: Send);
}

#[test]
fn a_coalesced_sleep_leaves_a_task_of_tokio_small() {
    assert!(size_of::<CoalescedSleep<Stage>>() <= 24);
}

#[test]
fn a_local_sleeper_waits_too() {
    let stage = Stage::new();
    let list = Root::new(wait_n_with(&Local, 100, 10, 1)).finish(&stage);
    assert!(list.is_sorted() && list.len() == 100);
    let mut ticks = interval(&Local, Duration::from_nanos(1));
    assert!(Root::new(ticks.tick()).poll().is_ready());
}
