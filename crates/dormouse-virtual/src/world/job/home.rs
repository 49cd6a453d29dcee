//! Futures that stay on their thread.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::Waker;
use std::thread::{self, ThreadId};

use dormouse_core::adapter::{drop_quietly, wake};

use crate::world::job::Job;
use crate::world::lock;

/// The future of a task that stays on its thread.
pub(crate) type Local = Pin<Box<dyn Future<Output = ()>>>;

/// Where the future of a task that stays on its thread is kept.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) thread: ThreadId,
    key: u64,
    /// Tells the thread that one of its tasks has been cancelled elsewhere.
    stale: Arc<AtomicBool>,
    /// The waker of the task that awaits this one.
    waiter: Mutex<Option<Waker>>,
}

impl Home {
    /// A place on this thread; `None` when the thread is ending.
    pub(crate) fn new() -> Option<Self> {
        let home = HERE.try_with(|here| Self {
            thread: thread::current().id(),
            key: here.key.replace(here.key.get() + 1),
            stale: Arc::clone(&here.stale),
            waiter: Mutex::default(),
        });
        home.ok()
    }

    /// Keeps the future of a job here; returns it if the thread is ending.
    pub(crate) fn put(&self, job: &Arc<Job>, future: Local) -> Result<(), Local> {
        let mut future = Some(future);
        let _ = HERE.try_with(|here| {
            let entry = future.take().map(|future| (Arc::clone(job), future));
            // The key is unique, so this replaces no other future.
            here.futures
                .borrow_mut()
                .extend(entry.map(|entry| (self.key, entry)));
        });
        future.map_or(Ok(()), Err)
    }

    /// Takes the future, if this is its thread and it is there.
    pub(crate) fn take(&self) -> Option<Local> {
        if self.thread != thread::current().id() {
            return None;
        }
        let taken = HERE.try_with(|here| here.futures.borrow_mut().remove(&self.key));
        taken.ok().flatten().map(|(_, future)| future)
    }

    /// Asks the thread to drop the future of a cancelled task in its next sweep, and wakes the task
    /// that awaits it, whose poll sweeps.
    pub(crate) fn ask_for_sweep(&self) {
        self.stale.store(true, SeqCst);
        let waiter = lock(&self.waiter).take();
        waiter.into_iter().for_each(wake);
    }

    pub(crate) fn set_waiter(&self, waiter: Option<Waker>) {
        let former = std::mem::replace(&mut *lock(&self.waiter), waiter);
        drop_quietly(former);
    }
}

/// Drops the futures of this thread whose tasks have been cancelled elsewhere.
pub(crate) fn sweep() {
    let swept = HERE.try_with(|here| {
        if !here.stale.swap(false, SeqCst) {
            return Vec::new();
        }
        let mut futures = here.futures.borrow_mut();
        let stale = futures.iter().filter(|(_, (job, _))| job.has_ended());
        let keys: Vec<u64> = stale.map(|(key, _)| *key).collect();
        keys.iter().filter_map(|key| futures.remove(key)).collect()
    });
    // Destructors are foreign code: nothing is borrowed here.
    drop(swept);
}

thread_local! {
    static HERE: Here = Here::default();
}

#[derive(Default)]
struct Here {
    key: Cell<u64>,
    stale: Arc<AtomicBool>,
    /// In the order in which they were spawned.
    futures: RefCell<BTreeMap<u64, (Arc<Job>, Local)>>,
}

impl Drop for Here {
    fn drop(&mut self) {
        for (job, future) in self.futures.take().into_values() {
            job.end();
            drop(future);
        }
    }
}
