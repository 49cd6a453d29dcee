//! A runtime that stays on one thread, behind the traits of one whose tasks are `Send`, so that it
//! runs the same programs. That thread keeps the runtime's handle, its sleeps and its tasks; a
//! program has only their numbers.

use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::SystemTime;

use dormouse::{Instant, JoinError, LocalSpawner, Sleeper, SpawnBlocking, Spawner, Task};
use dormouse_core::adapter::{RemoteTask, blocking_thread};

thread_local! {
    static HANDLE: OnceCell<Box<dyn Any>> = const { OnceCell::new() };
    static KEPT: RefCell<HashMap<u64, Box<dyn Any>>> = RefCell::default();
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// The local runtime of this thread, whose handle is an `L`.
pub(crate) struct Here<L>(PhantomData<fn() -> L>);

impl<L: 'static> Here<L> {
    pub(crate) fn new(handle: L) -> Self {
        let first = HANDLE.with(|kept| kept.set(Box::new(handle)).is_ok());
        assert!(first, "a worker has one runtime");
        Self(PhantomData)
    }

    fn with<T>(&self, run: impl FnOnce(&L) -> T) -> T {
        HANDLE.with(|kept| {
            let handle = kept.get().and_then(|handle| handle.downcast_ref());
            run(handle.expect("it is used on its thread"))
        })
    }
}

impl<L> Clone for Here<L> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<L: Sleeper<Sleep: 'static> + 'static> Sleeper for Here<L> {
    type Sleep = HereSleep<L>;

    fn now(&self) -> Instant {
        self.with(Sleeper::now)
    }

    fn sleep_until(&self, deadline: Instant) -> HereSleep<L> {
        let sleep = self.with(|handle| handle.sleep_until(deadline));
        HereSleep(Slot::new(Box::pin(sleep)))
    }

    fn system_time(&self) -> SystemTime {
        self.with(Sleeper::system_time)
    }

    fn draw_seed(&self) -> u64 {
        self.with(Sleeper::draw_seed)
    }
}

impl<L: LocalSpawner + 'static> Spawner for Here<L> {
    type Task<T: Send + 'static> = HereTask<L, T>;

    fn spawn<F>(&self, future: F) -> HereTask<L, F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        HereTask(Slot::new(self.with(|handle| handle.spawn_local(future))))
    }
}

impl<L: 'static> SpawnBlocking for Here<L> {
    type BlockingTask<T: Send + 'static> = RemoteTask<T>;

    fn spawn_blocking<F, T>(&self, closure: F) -> RemoteTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        blocking_thread(closure)
    }
}

/// A sleep that its thread keeps.
pub(crate) struct HereSleep<L: Sleeper<Sleep: 'static>>(Slot<Pin<Box<L::Sleep>>>);

impl<L: Sleeper<Sleep: 'static>> Future for HereSleep<L> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.with(|sleep| sleep.as_mut().poll(cx))
    }
}

/// A task whose handle its thread keeps.
pub(crate) struct HereTask<L: LocalSpawner, T: 'static>(Slot<L::LocalTask<T>>);

impl<L: LocalSpawner, T: 'static> Future for HereTask<L, T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.with(|task| Pin::new(task).poll(cx))
    }
}

impl<L: LocalSpawner, T: 'static> Task for HereTask<L, T> {
    type Value = T;

    fn abort(&mut self) {
        self.0.with(Task::abort);
    }

    fn is_finished(&mut self) -> bool {
        self.0.with(Task::is_finished)
    }
}

/// The number of something that its thread keeps.
struct Slot<V> {
    number: u64,
    value: PhantomData<fn() -> V>,
}

impl<V: 'static> Slot<V> {
    fn new(value: V) -> Self {
        let number = NEXT.replace(NEXT.get() + 1);
        KEPT.with_borrow_mut(|kept| kept.insert(number, Box::new(value)));
        Self {
            number,
            value: PhantomData,
        }
    }

    /// Foreign code runs while the list is not borrowed.
    fn with<T>(&self, run: impl FnOnce(&mut V) -> T) -> T {
        let value = KEPT.with_borrow_mut(|kept| kept.remove(&self.number));
        let mut value = value.expect("it is used on its thread");
        let out = run(value.downcast_mut().expect("what was put there"));
        KEPT.with_borrow_mut(|kept| kept.insert(self.number, value));
        out
    }
}

impl<V> Drop for Slot<V> {
    fn drop(&mut self) {
        let value = KEPT.try_with(|kept| kept.borrow_mut().remove(&self.number));
        drop(value);
    }
}
