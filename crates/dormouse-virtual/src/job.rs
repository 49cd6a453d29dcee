//! A task as the runtime sees it: something to poll, whatever its value.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Wake, Waker};

use dormouse_core::JoinError;

use crate::world::{Ready, World};

/// What becomes of a task, told to its handle.
pub(crate) trait Ending: Send + Sync {
    /// The future has been dropped: the handle may say how it ended; cancelled, if it did not.
    fn publish(&self);
    /// It ended by a panic.
    fn panicked(&self, error: JoinError);
}

/// A task, from its spawning to its end.
pub(crate) struct Job {
    number: u64,
    pub(crate) spawned_at: &'static Location<'static>,
    world: Weak<World>,
    stage: Mutex<Stage>,
    ending: Arc<dyn Ending>,
}

#[derive(Default)]
struct Stage {
    /// `None` while it is polled, and once it has ended.
    body: Option<Body>,
    queued: bool,
    aborted: bool,
    ended: bool,
}

/// The future of a task; its value goes to the handle by another way.
pub(crate) enum Body {
    Anywhere(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// It stays on the thread that spawned it, in `HERE`.
    OnItsThread,
}

type LocalBody = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    /// The futures that stay on this thread, by the address of their job.
    static HERE: RefCell<HashMap<usize, LocalBody>> = RefCell::default();
}

impl Job {
    /// Queues a task to be polled.
    pub(crate) fn start(
        world: &Arc<World>,
        body: Body,
        ending: Arc<dyn Ending>,
        spawned_at: &'static Location<'static>,
    ) -> Arc<Self> {
        let mut state = world.lock();
        let job = Arc::new(Self {
            number: state.number(),
            spawned_at,
            world: Arc::downgrade(world),
            stage: Mutex::new(Stage {
                body: Some(body),
                queued: true,
                ..Stage::default()
            }),
            ending,
        });
        state.jobs.insert(job.number, Arc::clone(&job));
        drop(state);
        world.ready(Ready::Job(Arc::clone(&job)));
        job
    }

    /// Keeps a future that must not leave this thread; called before the job is polled.
    pub(crate) fn keep_here(self: &Arc<Self>, future: LocalBody) {
        HERE.with_borrow_mut(|here| here.insert(self.key(), future));
    }

    /// Polls it once.
    pub(crate) fn run(self: &Arc<Self>) {
        let Some(mut body) = self.begin() else {
            return;
        };
        let waker = Waker::from(Arc::clone(self));
        let mut cx = Context::from_waker(&waker);
        let poll = match &mut body {
            Body::Anywhere(future) => {
                catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut cx)))
            }
            Body::OnItsThread => {
                let future = HERE.with_borrow_mut(|here| here.remove(&self.key()));
                let mut future = future.unwrap_or_else(|| {
                    panic!(
                        "a task spawned by `spawn_local` at {} stays on its thread: block on the \
                         `Virtual` there",
                        self.spawned_at
                    )
                });
                let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut cx)));
                HERE.with_borrow_mut(|here| here.insert(self.key(), future));
                poll
            }
        };
        let ended = match poll {
            Ok(poll) => poll.is_ready(),
            Err(payload) => {
                self.ending.panicked(JoinError::panicked(payload));
                true
            }
        };
        let mut stage = self.lock();
        if ended || stage.aborted {
            drop(stage);
            self.end(body);
        } else {
            stage.body = Some(body);
        }
    }

    /// Drops its future, now or as soon as it is not being polled; then its handle resolves.
    pub(crate) fn cancel(&self) {
        let mut stage = self.lock();
        stage.aborted = true;
        let body = stage.body.take();
        drop(stage);
        if let Some(body) = body {
            self.end(body);
        }
    }

    fn begin(&self) -> Option<Body> {
        let mut stage = self.lock();
        stage.queued = false;
        stage.body.take()
    }

    fn end(&self, body: Body) {
        self.lock().ended = true;
        let local = match &body {
            Body::OnItsThread => HERE.with_borrow_mut(|here| here.remove(&self.key())),
            Body::Anywhere(_) => None,
        };
        let dropped = catch_unwind(AssertUnwindSafe(|| drop((body, local))));
        if let Err(payload) = dropped {
            self.ending.panicked(JoinError::panicked(payload));
        }
        if let Some(world) = self.world.upgrade() {
            world.lock().jobs.remove(&self.number);
        }
        self.ending.publish();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(|lock| lock.into_inner())
    }

    /// No other job has it while this one is there.
    fn key(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl Wake for Job {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut stage = self.lock();
        if stage.queued || stage.ended {
            return;
        }
        stage.queued = true;
        drop(stage);
        if let Some(world) = self.world.upgrade() {
            world.ready(Ready::Job(Arc::clone(self)));
        }
    }
}
