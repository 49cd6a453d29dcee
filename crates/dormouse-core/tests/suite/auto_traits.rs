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
    AbortHandle, Abortable, BlockOn, Coalesced, CoalescedSleep, CoalescedWaitN, Elapsed,
    FallibleTaskWaitN, Interval, JoinError, JoinSet, LocalAbortHandle, MaxDelay, MaxDelayError,
    MeasureError, Runtime, Sleeper, SpawnBlocking, Spawner, TaskWaitN, TaskWaitNStream, Timeout,
    TooManyWaits, WaitN, WaitNStream, WaitRandom, interval, wait_n_with,
};
use dormouse_tokio::TokioRuntime;
use static_assertions::assert_not_impl_any;

use crate::mock::{Mock, MockSleep, Root};

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

/// The compiler knows no lifetimes in the values that an `async fn` holds: tokio's tasks are `Send` for
/// all of them.
#[test]
fn an_async_fn_over_any_runtime_with_a_set_of_values_with_lifetimes_is_send() {
    async fn failures<R: Runtime + SpawnBlocking>(runtime: R) -> usize {
        let mut set = JoinSet::new(&runtime);
        set.spawn(async { Err::<(), Box<dyn Error + Send + Sync>>("no".into()) });
        set.spawn_blocking(|| Err("no".into())).abort();
        let first = set.join_next().await;
        let mut words = JoinSet::new(&runtime);
        words.spawn(async { "no" });
        words.shutdown().await;
        first.into_iter().count()
    }
    let runtime = TokioRuntime::current_thread();
    let task = runtime.spawn(failures(runtime.handle()));
    assert_eq!(runtime.block_on(task).unwrap(), 1);
}

#[test]
fn auto_traits_follow_the_sleep() {
    fn free<T: Send + Sync + Unpin>() {}
    fn error<T: Error + Send + Sync + Unpin + 'static>() {}
    fn unpin<T: Unpin>() {}
    fn unwind_safe<T: UnwindSafe + RefUnwindSafe>() {}

    free::<WaitN<Mock>>();
    free::<WaitNStream<Mock>>();
    free::<WaitRandom<MockSleep>>();
    free::<TaskWaitN<Mock>>();
    free::<FallibleTaskWaitN<Mock>>();
    free::<TaskWaitNStream<Mock>>();
    free::<Coalesced<Mock>>();
    free::<CoalescedSleep<Mock>>();
    free::<CoalescedWaitN<Mock>>();
    free::<Interval<Mock>>();
    free::<Timeout<MockSleep, MockSleep>>();
    free::<MaxDelay>();
    free::<AbortHandle>();
    free::<Abortable<<Mock as Spawner>::Task<Cell<u8>>>>();
    free::<JoinSet<Cell<u8>, Mock>>();
    unwind_safe::<MaxDelay>();
    unwind_safe::<AbortHandle>();
    unwind_safe::<LocalAbortHandle>();
    unwind_safe::<Abortable<<Mock as Spawner>::Task<Cell<u8>>>>();
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
    assert!(size_of::<CoalescedSleep<Mock>>() <= 24);
}

#[test]
fn a_local_sleeper_waits_too() {
    let mock = Mock::new();
    let list = Root::new(wait_n_with(&Local, 100, 10, 1)).finish(&mock);
    assert!(list.is_sorted() && list.len() == 100);
    let mut ticks = interval(&Local, Duration::from_nanos(1));
    assert!(Root::new(ticks.tick()).poll().is_ready());
}
