//! A runtime that is only known at run time.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use dormouse_core::adapter::{forget_caller, poll_or_drop, refuse_to_block, with_caller};
use dormouse_core::{
    BlockOn, Instant, Runtime, Sleeper, SpawnBlocking, Spawner, SystemTime, ToHandle,
};

use crate::any_runtime::erased::{Driver, Erased, Kept};

pub use crate::any_runtime::named::UnknownRuntime;
pub use crate::any_runtime::task::AnyTask;

mod erased;
mod named;
mod task;
mod unwind_safe;

/// Any runtime, of a type that the program need not know: chosen by name, or made from any owner.
///
/// It is an owner itself: dropping it drops the owner inside, which ends the runtime; one made of an
/// ambient runtime, such as `Smol`, ends nothing. Its [`handle`](Self::handle) is what tasks can keep.
/// If the type can be known, be generic over [`Runtime`] instead. This costs a box per sleep, and per
/// task a box for its future, one for its handle and one for its value, unless that is `()`; a test
/// counts them.
///
/// # Examples
///
/// ```
/// use dormouse::{AnyRuntime, BlockOn, task_wait_n};
/// use std::time::Duration;
///
/// for name in AnyRuntime::names() {
///     let runtime = AnyRuntime::named(name)?;
///     let delays = runtime.block_on(task_wait_n(&runtime, 10, Duration::from_millis(5)));
///     assert!(delays.is_sorted(), "{name}");
/// }
/// assert!(AnyRuntime::named("nope").is_err());
/// # Ok::<(), dormouse::UnknownRuntime>(())
/// ```
pub struct AnyRuntime {
    handle: AnyHandle,
    owner: Box<dyn Driver>,
}

impl AnyRuntime {
    /// Wraps any owner, or any ambient runtime that can block on a future.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse::{AnyRuntime, BlockOn, Smol, TokioRuntime};
    ///
    /// for runtime in [AnyRuntime::new(Smol), AnyRuntime::new(TokioRuntime::current_thread())] {
    ///     assert_eq!(runtime.block_on(async { 42 }), 42);
    /// }
    /// ```
    #[must_use]
    pub fn new<O>(owner: O) -> Self
    where
        O: ToHandle<Handle: Runtime + SpawnBlocking> + BlockOn + Send + Sync + 'static,
    {
        Self {
            handle: AnyHandle::new(owner.to_handle()),
            owner: Box::new(owner),
        }
    }
}

dormouse_core::owner!(AnyRuntime => AnyHandle: Sleeper, Spawner, SpawnBlocking);

impl BlockOn for AnyRuntime {
    #[track_caller]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        refuse_to_block("AnyRuntime");
        let mut output = None;
        {
            // Pinned outside of the block, which would drop it while a panic unwinds.
            let mut future = pin!(Some(future));
            let run = pin!(async {
                forget_caller();
                output = Some(poll_fn(|cx| poll_or_drop(future.as_mut(), cx)).await);
            });
            with_caller(|| self.owner.block_on(run));
        }
        output.expect("the future has run to its end")
    }
}

/// A handle of any runtime, of a type that the program need not know.
///
/// It comes from [`AnyRuntime::handle`], from [`AnyRuntime::current`], or is [made](Self::new) from
/// any handle.
#[derive(Clone)]
pub struct AnyHandle {
    runtime: Arc<dyn Erased>,
}

impl AnyHandle {
    /// Wraps any handle, or any ambient runtime.
    ///
    /// A runtime that needs a context still needs it when it is wrapped: pass a `TokioHandle`
    /// instead of `Tokio`.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse::{AnyHandle, BlockOn, Spawner, TokioRuntime};
    ///
    /// let runtime = TokioRuntime::new();
    /// let handle = AnyHandle::new(runtime.handle());
    /// assert_eq!(runtime.block_on(handle.spawn(async { 42 })).unwrap(), 42);
    /// ```
    #[must_use]
    pub fn new<R: Runtime + SpawnBlocking>(runtime: R) -> Self {
        Self {
            runtime: Arc::new(Kept(runtime)),
        }
    }
}

impl Sleeper for AnyHandle {
    type Sleep = AnySleep;

    fn now(&self) -> Instant {
        self.runtime.now()
    }

    #[track_caller]
    fn sleep_until(&self, deadline: Instant) -> AnySleep {
        AnySleep(with_caller(|| self.runtime.sleep_until(deadline)))
    }

    #[track_caller]
    fn sleep(&self, duration: Duration) -> AnySleep {
        AnySleep(with_caller(|| self.runtime.sleep(duration)))
    }

    #[track_caller]
    fn reset(&self, mut sleep: Pin<&mut AnySleep>, deadline: Instant) {
        with_caller(|| self.runtime.reset(Pin::new(&mut sleep.0), deadline));
    }

    fn system_time(&self) -> SystemTime {
        self.runtime.system_time()
    }

    fn draw_seed(&self) -> u64 {
        self.runtime.draw_seed()
    }

    fn timer_step(&self) -> Duration {
        self.runtime.timer_step()
    }
}

impl Spawner for AnyHandle {
    type Task<T: Send + 'static> = AnyTask<T>;

    #[track_caller]
    fn spawn<F>(&self, future: F) -> AnyTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        AnyTask::new(with_caller(|| self.runtime.spawn(AnyTask::erase(future))))
    }

    fn spawn_driver<F: Future<Output = ()> + Send + 'static>(&self, driver: F) {
        self.runtime.spawn_driver(Box::pin(driver));
    }

    fn can_spawn(&self) -> bool {
        self.runtime.can_spawn()
    }

    fn yield_now(&self) -> impl Future<Output = ()> + Send + 'static {
        self.runtime.yield_now()
    }
}

impl SpawnBlocking for AnyHandle {
    type BlockingTask<T: Send + 'static> = AnyTask<T>;

    #[track_caller]
    fn spawn_blocking<F, T>(&self, closure: F) -> AnyTask<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let closure = Box::new(|| Box::new(closure()) as _);
        AnyTask::new(with_caller(|| self.runtime.spawn_blocking(closure)))
    }
}

impl fmt::Debug for AnyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyHandle({})", self.runtime.type_name())
    }
}

/// A sleep of an [`AnyRuntime`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct AnySleep(erased::Sleep);

impl Future for AnySleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}

impl fmt::Debug for AnySleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnySleep").finish_non_exhaustive()
    }
}
