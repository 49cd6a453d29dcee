//! Cancelled tasks, for runtimes that cancel a task by consuming its handle.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker, ready};

use crate::JoinError;
use crate::adapter::contained::Outcome;
use crate::adapter::destructor_panic::{Awaited, clear_panic, take_panic};
use crate::adapter::polled_after_its_end;
use crate::adapter::quiet::{drop_quietly, wake};
use crate::adapter::starting::Starting;
use crate::sync::{Mutex, get_mut, lock};

#[cfg(all(test, loom))]
mod loom_tests;

/// A cancelled task whose future may not have been dropped yet, or the result of one that has
/// ended.
///
/// smol and async-std cancel a task by consuming its handle. They return a future, which ends once
/// the task's own future, a [`Contained`](crate::adapter::Contained) one, has been dropped. This
/// type keeps that future, so that the task can still be awaited and checked, and gives the panic
/// of the task's last poll or of its destructor, if there was one.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::{Contained, Settling};
///
/// // The task had ended before it was cancelled.
/// let mut task = Settling::new(async { Some(Contained::new(async { 42 }).await) });
/// assert!(task.is_finished());
/// let result = futures::executor::block_on(std::future::poll_fn(|cx| task.poll(cx)));
/// assert_eq!(result.unwrap(), 42);
/// ```
pub struct Settling<T, C: ?Sized = dyn Future<Output = Option<Outcome<T>>> + Send> {
    // Never locked: it makes the handle of a task `Sync`.
    state: Mutex<State<T, C>>,
    witness: Arc<Witness>,
}

enum State<T, C: ?Sized> {
    Cancelling(Awaited, Pin<Box<C>>),
    Ended(Outcome<T>),
    Taken,
}

impl<T> Settling<T> {
    /// Starts the cancellation: `cancel` gives the task's outcome if it had one already.
    pub fn new(cancel: impl Future<Output = Option<Outcome<T>>> + Send + 'static) -> Self {
        Self::start(Box::pin(cancel))
    }
}

impl<T> Settling<T, dyn Future<Output = Option<Outcome<T>>>> {
    /// [`new`](Settling::new) for a task that stays on its thread.
    pub fn local(cancel: impl Future<Output = Option<Outcome<T>>> + 'static) -> Self {
        Self::start(Box::pin(cancel))
    }
}

impl<T, C: Future<Output = Option<Outcome<T>>> + ?Sized> Settling<T, C> {
    fn start(cancel: Pin<Box<C>>) -> Self {
        let mut settling = Self::of(State::Cancelling(Awaited::new(), cancel));
        // An `async fn cancel` cancels at its first poll, and registers the waker only after that.
        let _starting = Starting::here();
        settling.is_finished();
        settling
    }

    /// A task whose result is known.
    pub fn settled(result: Result<T, JoinError>) -> Self {
        Self::of(State::Ended(Outcome::new(result)))
    }

    fn of(state: State<T, C>) -> Self {
        Self {
            state: Mutex::new(state),
            witness: Arc::new(Witness(Mutex::new(Seen {
                panic: None,
                waiter: None,
                woken: true,
            }))),
        }
    }

    /// Polls for the result of the task.
    ///
    /// # Panics
    ///
    /// If the result has been taken before.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, JoinError>> {
        self.witness.set_waiter(cx.waker());
        ready!(self.poll_end());
        match std::mem::replace(get_mut(&mut self.state), State::Taken) {
            State::Ended(outcome) => Poll::Ready(outcome.into_result()),
            _ => polled_after_its_end(),
        }
    }

    /// Whether the result is there, or has been taken.
    pub fn is_finished(&mut self) -> bool {
        self.poll_end().is_ready()
    }

    fn poll_end(&mut self) -> Poll<()> {
        let state = get_mut(&mut self.state);
        if let State::Cancelling(_, cancel) = state {
            // Another poll would register the waker again while the runtime may be dropping the
            // future on another thread. Then this thread would call the waker, and could not read
            // the panic, which is in a variable of the other thread.
            if !std::mem::replace(&mut lock(&self.witness.0).woken, false) {
                return Poll::Pending;
            }
            let waker = Waker::from(Arc::clone(&self.witness));
            clear_panic();
            let outcome = ready!(cancel.as_mut().poll(&mut Context::from_waker(&waker)));
            // The future was dropped in this very poll, or on another thread.
            let panic = take_panic().or_else(|| lock(&self.witness.0).panic.take());
            *state = State::Ended(match (outcome, panic) {
                (Some(outcome), _) => outcome,
                (None, Some(payload)) => Outcome::new(Err(JoinError::panicked(payload))),
                (None, None) => Outcome::new(Err(JoinError::cancelled())),
            });
        }
        Poll::Ready(())
    }
}

impl<T, C: ?Sized> Drop for Settling<T, C> {
    fn drop(&mut self) {
        drop_quietly(std::mem::replace(get_mut(&mut self.state), State::Taken));
        // The runtime keeps the witness until it has dropped the future.
        let waiter = lock(&self.witness.0).waiter.take();
        drop_quietly(waiter);
    }
}

impl<T, C: ?Sized> fmt::Debug for Settling<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settling").finish_non_exhaustive()
    }
}

/// What the runtime wakes once it has dropped the task's future, on the thread that dropped it.
struct Witness(Mutex<Seen>);

struct Seen {
    /// The panic of the future's destructor.
    panic: Option<Box<dyn Any + Send>>,
    waiter: Option<Waker>,
    /// The cancellation has to be polled: it is new, or has been woken.
    woken: bool,
}

impl Drop for Witness {
    fn drop(&mut self) {
        // The runtime may drop this, where the panic of a payload that was not taken would harm
        // other tasks.
        drop_quietly(lock(&self.0).panic.take());
    }
}

impl Witness {
    fn set_waiter(&self, waiter: &Waker) {
        let waiter = waiter.clone();
        let former = lock(&self.0).waiter.replace(waiter);
        drop_quietly(former);
    }
}

impl Wake for Witness {
    fn wake(self: Arc<Self>) {
        let panic = take_panic();
        let mut seen = lock(&self.0);
        let former = panic.and_then(|payload| seen.panic.replace(payload));
        seen.woken = true;
        let waiter = seen.waiter.take();
        drop(seen);
        drop_quietly(former);
        waiter.into_iter().for_each(wake);
    }
}
