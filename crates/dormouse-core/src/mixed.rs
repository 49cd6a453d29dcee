//! The sleeps of one runtime and the tasks of another.

use crate::{BlockOn, LocalSpawner, Sleeper, SpawnBlocking, Spawner, ToHandle};

/// One runtime made of two: it sleeps as the first does, and starts tasks as the second does.
///
/// With it, tokio's tasks can sleep for less than a millisecond, on the timer of smol, of `Threads`
/// or of a [`Coalesced`](crate::Coalesced) over one of them; and a sleeper that can't start tasks
/// becomes a [`Runtime`](crate::Runtime).
///
/// It can do whatever its parts can: the clocks and sleeps are the sleeper's, and [`Spawner`],
/// [`LocalSpawner`], [`SpawnBlocking`] and [`BlockOn`] are the spawner's. Two handles make a
/// handle. Two owners make an owner: what is to be kept is its [`handle`](Self::handle).
///
/// The sleeper's timer must run by itself. Those of smol, async-std, `Threads`, the futures adapter
/// and a multi-thread tokio runtime do. A sleep of a current-thread tokio runtime, or of a
/// `TokioLocal`, that is polled in another tokio runtime ends only while its own one is driven; on
/// any other runtime, a tokio sleep goes on by the system's clock and a thread of the standard
/// library. `Virtual`'s clock does not account for tasks that are not its own.
///
/// An ambient sleeper that needs a context makes sleeps only there: those of `Tokio` can't be made
/// in the tasks of another runtime. Give a `TokioHandle` as the sleeper, which works anywhere.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Mixed, Sleeper, Spawner};
/// use dormouse_smol::Smol;
/// use dormouse_tokio::TokioRuntime;
/// use std::time::Duration;
///
/// // tokio's tasks, and sleeps to the microsecond instead of whole milliseconds.
/// let runtime = Mixed::new(Smol, TokioRuntime::new());
/// let sleep = runtime.sleep(Duration::from_micros(200));
/// runtime.block_on(runtime.spawn(sleep)).unwrap();
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Mixed<S, P> {
    sleeper: S,
    spawner: P,
}

impl<S, P> Mixed<S, P> {
    /// Sleeps as `sleeper` does, and starts tasks as `spawner` does.
    pub const fn new(sleeper: S, spawner: P) -> Self {
        Self { sleeper, spawner }
    }

    /// The part that sleeps.
    #[must_use]
    pub const fn sleeper(&self) -> &S {
        &self.sleeper
    }

    /// The part that starts tasks.
    #[must_use]
    pub const fn spawner(&self) -> &P {
        &self.spawner
    }
}

impl<S: ToHandle, P: ToHandle> Mixed<S, P> {
    /// The same made of the handles of both parts, which keeps no runtime alive.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::{BlockOn, JoinSet, Mixed, Sleeper};
    /// use dormouse_smol::Smol;
    /// use dormouse_tokio::TokioRuntime;
    /// use std::time::Duration;
    ///
    /// let runtime = Mixed::new(Smol, TokioRuntime::new());
    /// let mut set = JoinSet::new(&runtime.handle());
    /// set.spawn(runtime.sleep(Duration::from_micros(200)));
    /// runtime.block_on(set.join_all()).unwrap();
    /// ```
    #[must_use]
    pub fn handle(&self) -> Mixed<S::Handle, P::Handle> {
        Mixed::new(self.sleeper.to_handle(), self.spawner.to_handle())
    }
}

crate::__forward! { Sleeper [S: Sleeper, P] Mixed<S, P>, |this| &this.sleeper, S }
crate::__forward! { Spawner [S, P: Spawner] Mixed<S, P>, |this| &this.spawner, P }
crate::__forward! { LocalSpawner [S, P: LocalSpawner] Mixed<S, P>, |this| &this.spawner, P }
crate::__forward! { SpawnBlocking [S, P: SpawnBlocking] Mixed<S, P>, |this| &this.spawner, P }
crate::__forward! { BlockOn [S, P: BlockOn] Mixed<S, P>, |this| &this.spawner, P }
