//! What a program needs from a runtime, and how it holds one.

use std::future::Future;

use crate::{Sleeper, Spawner};

/// All that a program needs from a runtime: it sleeps, spawns, can be cloned, and can go to any
/// thread.
///
/// Do not implement it: every type that meets the bounds has it.
///
/// # Owners and handles
///
/// A type that starts threads or drives a loop is an *owner*: `TokioRuntime`, `SmolExecutor`,
/// `Virtual`. An owner is not `Clone`, and so not a `Runtime`. It implements [`BlockOn`], and
/// [`Sleeper`] and [`Spawner`] through its handle. Its `handle()` is a `Runtime`, and so are the
/// ambient types, whose runtime is simply there: `Tokio`, `Smol`, `AsyncStd`, `Threads`. The owner
/// and the handle of a runtime MUST ensure that
///
/// * a handle keeps nothing alive: a task that holds one, or an interval made of one, does not keep
///   its runtime alive;
/// * a task stays in its runtime, whichever other one spawns or wakes it, and the end of that other one
///   harms neither it nor a sleep;
/// * dropping the owner ends the runtime, wherever it is dropped: in one of its own tasks, in
///   another runtime, while a panic unwinds. The drop does not wait: polls that are running, and
///   closures of [`SpawnBlocking`](crate::SpawnBlocking) that have begun, end in their own time,
///   and until then other tasks may still be polled; a task that wakes itself is polled at most some
///   hundred times more (a worker of tokio looks after 61 tasks whether it should end, and after each of
///   them it may poll three more that were woken by the last: up to 244 polls in all). A runtime without
///   threads of its own drops the futures of its tasks within this drop: hold no lock that their
///   destructors take;
/// * every task that has not ended by then is cancelled, its future is dropped before its handle
///   resolves, and those who await it are woken. If the destructor of that future panics, the
///   handle gives that panic or a cancellation. A task that has ended keeps its value or its panic;
///   `SpawnBlocking` says what its closures give;
/// * a spawn on a runtime that is gone returns the handle of a cancelled task, and so does one in a
///   destructor while the runtime ends. A loop that spawns anew what has ended, one by one or in
///   a `select` of several, is pending, so that it can be dropped with its own runtime. (Here: after 64
///   such tasks in one poll, for the rest of that poll, in which handles of other runtimes may be
///   pending as well.)
///
/// # Examples
///
/// ```
/// use dormouse_core::{AbortOnDrop, BlockOn, Runtime};
/// use std::time::Duration;
///
/// /// Looks after something every few milliseconds, until the handle is dropped.
/// fn look_after<R: Runtime>(
///     runtime: &R,
///     look: impl Fn() + Send + 'static,
/// ) -> AbortOnDrop<R::Task<()>> {
///     let sleeper = runtime.clone();
///     AbortOnDrop::new(runtime.spawn(async move {
///         loop {
///             look();
///             sleeper.sleep(Duration::from_millis(1)).await;
///         }
///     }))
/// }
///
/// let runtime = dormouse_smol::SmolExecutor::new(1);
/// let (sender, receiver) = std::sync::mpsc::channel();
/// let looking = look_after(&runtime.handle(), move || _ = sender.send(()));
/// assert_eq!(receiver.iter().take(3).count(), 3);
/// drop(looking);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Runtime`",
    note = "an owner, such as `TokioRuntime` or `Virtual`, is not a `Runtime`: give its `handle()`",
    note = "one whose tasks stay on their thread, such as compio, has no `Runtime`: take \
            `Sleeper + LocalSpawner`",
    note = "a `Runtime` is a `Sleeper` (with sleeps that are `Send`, `Sync` and `'static`) and a \
            `Spawner`, and is `Clone`, `Send`, `Sync` and `'static`"
)]
pub trait Runtime:
    Sleeper<Sleep: Send + Sync + 'static> + Spawner + Clone + Send + Sync + 'static
{
}

// So that the compiler reports the trait, with its notes, and not `Clone`.
#[diagnostic::do_not_recommend]
impl<R> Runtime for R where
    R: Sleeper<Sleep: Send + Sync + 'static> + Spawner + Clone + Send + Sync + 'static
{
}

/// A sleeper that has a handle: an owner returns its own, and what is `Clone` returns a clone of
/// itself.
///
/// Functions that keep a sleeper, such as [`interval`](crate::interval), take this: given an owner,
/// they keep only its handle. Owners implement it; every sleeper that is `Clone` has it. A decorator
/// of an owner, such as a [`Coalesced`](crate::Coalesced), a [`Mixed`](crate::Mixed) or the `Traced`
/// of dormouse-compat, has neither: give such functions its own `handle()`. So a decorator of such a
/// decorator has no `handle()`: keep the inner one, and decorate its `handle()`.
///
/// An [`Arc`](std::sync::Arc) of an owner is `Clone`: it is its own handle here, and a [`Runtime`]
/// as well, but it keeps its runtime alive, as any `Arc` keeps what it points to. Share an owner by
/// it; what a task or an interval is to keep is the `handle()`. A task that holds the `Arc` keeps
/// its runtime alive, and the runtime keeps the task: dropping every other `Arc` ends neither.
///
/// # Examples
///
/// ```
/// use dormouse_core::{Sleeper, ToHandle};
///
/// fn keep<S: ToHandle>(sleeper: &S) -> S::Handle {
///     sleeper.to_handle()
/// }
///
/// let owner = dormouse_smol::SmolExecutor::new(1);
/// let _: dormouse_smol::SmolHandle = keep(&owner);
/// let _: dormouse_smol::Smol = keep(&dormouse_smol::Smol);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no handle that can be kept",
    note = "a `Sleeper` has one if it is `Clone`; an owner implements `ToHandle` by `owner!`",
    note = "a decorator of an owner (`Coalesced`, `Mixed`, `Traced`) has its own `handle()`: give that",
    note = "another decorator of it is made of that `handle()`, too"
)]
pub trait ToHandle: Sleeper {
    /// The type of the handle: it keeps no runtime alive, and its sleeps are the same.
    type Handle: Sleeper<Sleep = Self::Sleep> + Clone;

    /// The handle.
    fn to_handle(&self) -> Self::Handle;
}

#[diagnostic::do_not_recommend]
impl<S: Sleeper + Clone> ToHandle for S {
    type Handle = S;

    fn to_handle(&self) -> S {
        self.clone()
    }
}

/// Drives a future to its end on the calling thread.
///
/// Only types that drive their own timers implement this: owners, and ambient runtimes except `Tokio`.
/// Handles do not. An implementation MUST ensure that
///
/// * a call inside of another one or of a task of these traits ends, with the value or with a panic whose message
///   says what to do: it never hangs, and takes no wake-up from the outer one;
/// * a future that is woken while it is polled, also by another thread, is polled again, and a
///   waker that is called after the end of the call does nothing;
/// * the future has been dropped when the call returns, and when it panics;
/// * several threads can call it at once, if the type is `Sync`, and each is woken by its own wakers;
/// * a task that spawns others without end does not keep a woken future from being polled;
/// * a panic of the future comes out of the call, and the thread can call it again.
///
/// So do not call it in a destructor that may run in a task. If it is refused there while another
/// panic unwinds, its panic aborts the process: check [`std::thread::panicking`] first. Nor in the
/// destructor of a thread-local variable: those of tokio, smol, async-std and futures may be gone by
/// then, so that they panic, and a panic in such a destructor ends the process.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Sleeper};
/// use std::time::Duration;
///
/// fn nap<R: BlockOn + Sleeper>(runtime: &R) {
///     runtime.block_on(runtime.sleep(Duration::from_millis(2)));
/// }
///
/// nap(&dormouse_smol::Smol);
/// ```
pub trait BlockOn {
    /// Blocks until `future` has ended, and returns its output.
    ///
    /// # Panics
    ///
    /// The runtimes of dormouse panic where the call is refused; the message names the call.
    ///
    /// * **Refused:** in a task or another `block_on`, of this runtime or of any other, as a thread
    ///   that runs tasks must not wait for a future; and in the destructor of the future of a task or
    ///   of a `block_on`, or of an output that nobody has read, as it belongs to the task.
    /// * **Allowed:** in a closure of [`spawn_blocking`](crate::SpawnBlocking::spawn_blocking), on
    ///   a thread that you started yourself, and, with the types of `dormouse-tokio`, in tokio's
    ///   `block_in_place`. A handle has no `block_on`: there, block on an owner in an `Arc`, or by
    ///   the `block_on` of the futures crate, while the runtime runs the tasks and timers. On
    ///   `Virtual`, only an owner's works: its clock waits for the closure, and so would hang.
    /// * **Not detected:** in code that runs on a runtime without going through these traits,
    ///   unless the runtime detects it. tokio does, so the types of `dormouse-tokio` panic there,
    ///   too. Inside of tokio's `task::unconstrained`, the message and the line are tokio's.
    ///   The others run there, but in a tokio task, such as the body of a `#[tokio::test]`, tokio's
    ///   channels and locks are pending for ever once the future has spent that task's budget (128
    ///   steps): the call hangs, or a `Virtual` reports a deadlock. Use a plain `#[test]`.
    ///
    /// Another adapter gets the same by [`adapter::root`](crate::adapter::root), and need not have
    /// it: code that is generic over this trait may rely only on what the trait says.
    fn block_on<F: Future>(&self, future: F) -> F::Output;
}
