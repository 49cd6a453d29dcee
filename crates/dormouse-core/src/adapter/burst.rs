//! The panics of destructors of cancelled futures, on their way to the handles.
//!
//! async-task drops the future of a cancelled task and then, on the same thread and with no foreign
//! code in between, wakes who awaits the task. So such a panic, a *burst*, can be handed over by
//! the thread that it happened on, and a task need not share an allocation with its handle.
//!
//! One case is left: where the future is dropped in the very moment between the cancellation and
//! the registration of who is to be woken, nobody is. The handle sees the end by itself then, and
//! takes a burst that nobody has taken. That is its own, unless another task, whose handle is gone,
//! has burst in the same moment.

use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard};
use std::thread::{self, ThreadId};

use crate::adapter::quiet::drop_quietly;

pub(super) type Payload = Box<dyn Any + Send>;

/// Bursts that nobody has taken yet: at most one a thread.
static BURSTS: Mutex<Vec<(ThreadId, Payload)>> = Mutex::new(Vec::new());

/// How many there are, so that it costs next to nothing to find none.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Keeps the panic of a future's destructor, for who awaits its task.
pub(super) fn keep_burst(payload: Payload) {
    let mut bursts = lock();
    bursts.push((thread::current().id(), payload));
    COUNT.store(bursts.len(), SeqCst);
}

/// Forgets what has been left on this thread by a task that nobody awaits.
pub(super) fn forget_bursts() {
    drop_quietly(take_burst_here());
}

/// The panic of the future that was dropped last on this thread, if it had one.
pub(super) fn take_burst_here() -> Option<Payload> {
    take(|thread| thread == thread::current().id())
}

/// A panic that was left on any thread.
pub(super) fn take_burst_anywhere() -> Option<Payload> {
    take(|_| true)
}

fn take(mut wanted: impl FnMut(ThreadId) -> bool) -> Option<Payload> {
    if COUNT.load(SeqCst) == 0 {
        return None;
    }
    let mut bursts = lock();
    let last = bursts.iter().rposition(|(thread, _)| wanted(*thread))?;
    let (_, payload) = bursts.swap_remove(last);
    COUNT.store(bursts.len(), SeqCst);
    Some(payload)
}

fn lock() -> MutexGuard<'static, Vec<(ThreadId, Payload)>> {
    // Nothing panics while it is held.
    BURSTS.lock().unwrap_or_else(|lock| lock.into_inner())
}
