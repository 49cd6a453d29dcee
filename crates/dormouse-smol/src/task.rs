//! The handle of a task, which keeps the contract on top of smol's.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use async_task::FallibleTask;
use dormouse_core::adapter::{
    Outcome, Settling, blocking, drop_quietly, noop, poll_quietly, polled_after_its_end, spawned,
    take_turn,
};
use dormouse_core::{JoinError, Task};

use crate::closing::ExecutorId;

macro_rules! handle {
    ($(#[$docs:meta])* $name:ident<T $(: $send:ident)?>, $cancel:ty, $settling:path) => {
        $(#[$docs])*
        #[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
        pub struct $name<T>(Handle<T, $cancel>);

        impl<T> $name<T> {
            pub(crate) fn new(task: smol::Task<Outcome<T>>, executor: ExecutorId) -> Self {
                Self(Handle::new(task, executor))
            }
        }

        impl<T> Future for $name<T> {
            type Output = Result<T, JoinError>;

            fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
                self.0.poll(cx)
            }
        }

        impl<T: $($send +)? 'static> Task for $name<T> {
            type Value = T;

            fn abort(&mut self) {
                self.0.settle(|task| $settling(task.cancel()));
            }

            fn is_finished(&mut self) -> bool {
                self.0.is_finished()
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}
handle! {
    /// The handle of a task on smol.
    ///
    /// smol's own handle cancels its task when dropped, and resumes the task's panic in the code that
    /// awaits it. This one does neither.
    SmolTask<T: Send>, dyn Future<Output = Option<Outcome<T>>> + Send, Settling::new
}

handle! {
    /// The handle of a task on smol that stays on its thread.
    SmolLocalTask<T>, dyn Future<Output = Option<Outcome<T>>>, Settling::local
}

dormouse_core::remote_task! {
    /// The handle of a closure on smol's threads for blocking.
    pub struct SmolBlockingTask;
}

impl<T: Send + 'static> SmolBlockingTask<T> {
    /// A closure on smol's threads, or cancelled because its executor is gone.
    pub(crate) fn of_closure(alive: bool, closure: impl FnOnce() -> T + Send + 'static) -> Self {
        let (run, task) = blocking(closure);
        if alive {
            smol::unblock(run).detach();
        } else {
            drop(run);
        }
        Self::new(task)
    }
}

/// A handle; `C` cancels its task, on any thread or on that of the task.
struct Handle<T, C: ?Sized> {
    state: State<T, C>,
}

enum State<T, C: ?Sized> {
    Running(FallibleTask<Outcome<T>>, Known),
    Aborted(Box<Settling<T, C>>),
    /// Resolved, or between two states.
    Taken,
}

/// What is known of a task that has not been aborted.
struct Known {
    executor: ExecutorId,
    is_finished: bool,
    /// The task may have a waker of this handle.
    is_awaited: bool,
}

impl<T, C: ?Sized> Handle<T, C> {
    fn new(task: smol::Task<Outcome<T>>, executor: ExecutorId) -> Self {
        spawned();
        let known = Known {
            executor,
            is_finished: false,
            is_awaited: false,
        };
        Self {
            state: State::Running(task.fallible(), known),
        }
    }

    fn settle(&mut self, cancel: impl FnOnce(FallibleTask<Outcome<T>>) -> Settling<T, C>) {
        if matches!(self.state, State::Running(..)) {
            if let State::Running(task, _) = std::mem::replace(&mut self.state, State::Taken) {
                self.state = State::Aborted(Box::new(cancel(task)));
            }
        }
    }
}

impl<T, C: Future<Output = Option<Outcome<T>>> + ?Sized> Handle<T, C> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>> {
        ready!(take_turn(cx));
        let result = match &mut self.state {
            State::Running(task, known) => {
                known.is_awaited = true;
                let outcome = ready!(poll_quietly(cx, |cx| Pin::new(task).poll(cx)));
                outcome.map_or_else(|| Err(JoinError::cancelled()), Outcome::into_result)
            }
            State::Aborted(settling) => ready!(settling.poll(cx)),
            State::Taken => polled_after_its_end(),
        };
        self.state = State::Taken;
        Poll::Ready(result)
    }

    fn is_finished(&mut self) -> bool {
        match &mut self.state {
            State::Running(task, known) => {
                // smol says so, too, while an executor that goes is dropping the future.
                known.is_finished |= task.is_finished() && !known.executor.is_ending();
                known.is_finished
            }
            State::Aborted(settling) => settling.is_finished(),
            State::Taken => true,
        }
    }
}

impl<T, C: ?Sized> Drop for Handle<T, C> {
    fn drop(&mut self) {
        if let State::Running(mut task, known) = std::mem::replace(&mut self.state, State::Taken) {
            if known.is_awaited {
                // Replaces the waker, which the task would keep, with all that it owns.
                let cx = &mut Context::from_waker(noop());
                drop_quietly(poll_quietly(cx, |cx| Pin::new(&mut task).poll(cx)));
            }
            task.detach();
        }
    }
}
