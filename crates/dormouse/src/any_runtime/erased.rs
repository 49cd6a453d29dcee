//! The traits again, without types that depend on the runtime.

use std::any::{Any, type_name};
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

use dormouse_core::{
    BlockOn, Instant, JoinError, Runtime, Sleeper, SpawnBlocking, SystemTime, Task,
};
use pin_project_lite::pin_project;

pub(super) type Value = Box<dyn Any + Send>;

pub(super) type Sleep = Pin<Box<dyn ErasedSleep>>;

pub(super) type Body = Pin<Box<dyn Future<Output = Value> + Send>>;

/// The trait only promises `Send` of a handle: a lock, which is never taken, makes it `Sync`.
pub(super) type TaskHandle = Box<Mutex<ErasedTask>>;

pub(super) type ErasedTask = dyn Task<Value = Value, Output = Result<Value, JoinError>> + Send;

/// What a runtime does, behind a pointer.
pub(super) trait Erased: Sleeper<Sleep = Sleep> + Send + Sync {
    fn spawn(&self, future: Body) -> TaskHandle;
    fn spawn_blocking(&self, closure: Box<dyn FnOnce() -> Value + Send>) -> TaskHandle;
    fn spawn_driver(&self, driver: Pin<Box<dyn Future<Output = ()> + Send>>);
    fn can_spawn(&self) -> bool;
    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send>>;
    fn type_name(&self) -> &'static str;
}

/// What an owner does in addition.
pub(super) trait Driver: Send + Sync {
    fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>);
}

/// What a sleep does, behind a pointer.
pub(super) trait ErasedSleep: Future<Output = ()> + Send + Sync {
    /// `false` if it is not of this type of runtime.
    fn reset(self: Pin<&mut Self>, runtime: &dyn Any, deadline: Instant) -> bool;
}

pub(super) struct Kept<R>(pub(super) R);

impl<R: Runtime> Sleeper for Kept<R> {
    type Sleep = Sleep;

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn sleep_until(&self, deadline: Instant) -> Sleep {
        let sleep = self.0.sleep_until(deadline);
        Box::pin(SleepOf::<R> { sleep })
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let sleep = self.0.sleep(duration);
        Box::pin(SleepOf::<R> { sleep })
    }

    fn reset(&self, mut sleep: Pin<&mut Sleep>, deadline: Instant) {
        if !sleep.as_mut().as_deref_mut().reset(&self.0, deadline) {
            sleep.set(self.sleep_until(deadline));
        }
    }

    fn system_time(&self) -> SystemTime {
        self.0.system_time()
    }

    fn draw_seed(&self) -> u64 {
        self.0.draw_seed()
    }

    fn timer_step(&self) -> Duration {
        self.0.timer_step()
    }
}

impl<R: Runtime + SpawnBlocking> Erased for Kept<R> {
    fn spawn(&self, future: Body) -> TaskHandle {
        Box::new(Mutex::new(self.0.spawn(future)))
    }

    fn spawn_blocking(&self, closure: Box<dyn FnOnce() -> Value + Send>) -> TaskHandle {
        Box::new(Mutex::new(self.0.spawn_blocking(closure)))
    }

    fn spawn_driver(&self, driver: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.spawn_driver(driver);
    }

    fn can_spawn(&self) -> bool {
        self.0.can_spawn()
    }

    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(self.0.yield_now())
    }

    fn type_name(&self) -> &'static str {
        type_name::<R>()
    }
}

impl<O: BlockOn + Send + Sync> Driver for O {
    fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        BlockOn::block_on(self, future);
    }
}

pin_project! {
    struct SleepOf<R: Sleeper> {
        #[pin]
        sleep: R::Sleep,
    }
}

impl<R: Sleeper> Future for SleepOf<R> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.project().sleep.poll(cx)
    }
}

impl<R: Runtime> ErasedSleep for SleepOf<R> {
    fn reset(self: Pin<&mut Self>, runtime: &dyn Any, deadline: Instant) -> bool {
        let runtime: Option<&R> = runtime.downcast_ref();
        if let Some(runtime) = runtime {
            runtime.reset(self.project().sleep, deadline);
        }
        runtime.is_some()
    }
}
