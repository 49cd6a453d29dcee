//! A runtime whose tasks stay on one thread, for code that asks for one whose tasks may move.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use dormouse_core::{
    Instant, JoinError, LocalSpawner, Sleeper, SpawnBlocking, Spawner, SystemTime, Task,
};

/// Makes a [`Runtime`](dormouse_core::Runtime) of a [`LocalSpawner`], so that the cases on tasks,
/// and the programs of the shaker, serve both.
///
/// The runtime, its sleeps and its handles stay in a variable of their thread, and what is `Send`
/// is the key to one of them. On another thread a key is invalid: its use panics, and its drop does
/// nothing. So this is for cases that use one thread.
#[derive(Debug)]
pub struct ThreadBound<R>(Arc<Key<R>>);

impl<R: 'static> ThreadBound<R> {
    /// Keeps the runtime on this thread.
    pub fn new(runtime: R) -> Self {
        Self(Arc::new(Key::keep(runtime)))
    }
}

impl<R> Clone for ThreadBound<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R: Sleeper<Sleep: 'static> + 'static> Sleeper for ThreadBound<R> {
    type Sleep = BoundSleep<R::Sleep>;

    fn now(&self) -> Instant {
        self.0.get().now()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        BoundSleep::new(self.0.get().sleep_until(deadline))
    }

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        BoundSleep::new(self.0.get().sleep(duration))
    }

    fn system_time(&self) -> SystemTime {
        self.0.get().system_time()
    }

    fn draw_seed(&self) -> u64 {
        self.0.get().draw_seed()
    }

    fn timer_step(&self) -> Duration {
        self.0.get().timer_step()
    }
}

impl<R: LocalSpawner + 'static> Spawner for ThreadBound<R> {
    type Task<T: Send + 'static> = BoundTask<R::LocalTask<T>>;

    fn spawn<F>(&self, future: F) -> Self::Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let task = self.0.get().spawn_local(future);
        BoundTask(Key::keep(RefCell::new(task)))
    }

    fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
        // Erased, as the type of the yield names the borrow of the runtime.
        let turn: Pin<Box<dyn Future<Output = ()>>> = Box::pin(self.0.get().yield_local());
        BoundSleep::new(turn)
    }
}

dormouse_core::__forward! { SpawnBlocking [R: SpawnBlocking + 'static] ThreadBound<R>, |this| &*this.0.get(), R }

/// A sleep of a [`ThreadBound`], or a yield.
#[derive(Debug)]
pub struct BoundSleep<F>(Key<RefCell<Pin<Box<F>>>>);

impl<F: 'static> BoundSleep<F> {
    fn new(sleep: F) -> Self {
        Self(Key::keep(RefCell::new(Box::pin(sleep))))
    }
}

impl<F: Future + 'static> Future for BoundSleep<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.0.get().borrow_mut().as_mut().poll(cx)
    }
}

/// The handle of a task of a [`ThreadBound`].
#[derive(Debug)]
#[must_use = "a dropped handle detaches its task"]
pub struct BoundTask<H>(Key<RefCell<H>>);

impl<H: Task + 'static> Future for BoundTask<H> {
    type Output = Result<H::Value, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut *self.0.get().borrow_mut()).poll(cx)
    }
}

impl<H: Task + 'static> Task for BoundTask<H> {
    type Value = H::Value;

    fn abort(&mut self) {
        self.0.get().borrow_mut().abort();
    }

    fn is_finished(&mut self) -> bool {
        self.0.get().borrow_mut().is_finished()
    }

    fn detach(self) {
        let handle = self.0.get();
        drop(self);
        if let Some(handle) = Rc::into_inner(handle) {
            handle.into_inner().detach();
        }
    }
}

/// What stands for a value that stays on its thread.
#[derive(Debug)]
struct Key<T> {
    number: u64,
    // The value itself need not be `Send`.
    of: PhantomData<fn() -> T>,
}

thread_local! {
    static KEPT: RefCell<HashMap<u64, Rc<dyn Any>>> = RefCell::default();
}

impl<T: 'static> Key<T> {
    fn keep(value: T) -> Self {
        // Of the whole process, so that a key fits nothing on another thread.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        KEPT.with_borrow_mut(|kept| kept.insert(number, Rc::new(value)));
        Self {
            number,
            of: PhantomData,
        }
    }

    fn get(&self) -> Rc<T> {
        let kept = KEPT.with_borrow(|kept| kept.get(&self.number).cloned());
        kept.and_then(|value| value.downcast().ok())
            .expect("a runtime whose tasks stay on their thread was used on another one")
    }
}

impl<T> Drop for Key<T> {
    fn drop(&mut self) {
        // The value is dropped once the map is free again, as its destructor may use others. At the
        // end of the thread there is no map.
        let kept = KEPT.try_with(|kept| kept.borrow_mut().remove(&self.number));
        drop(kept);
    }
}
