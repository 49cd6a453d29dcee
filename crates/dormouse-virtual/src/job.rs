//! A task as the runtime sees it: something to poll.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::task::{Context, Wake, Waker};

use crate::world::{Ready, World};

/// A task, from its spawning to its end. Its value and its panic go to the handle by themselves.
pub(crate) struct Job {
    number: u64,
    pub(crate) spawned_at: &'static Location<'static>,
    world: Weak<World>,
    stage: Mutex<Stage>,
}

#[derive(Default)]
struct Stage {
    /// `None` while it is polled, and once it has ended.
    body: Option<Body>,
    queued: bool,
    ended: bool,
}

type Anywhere = Pin<Box<dyn Future<Output = ()> + Send>>;
type Here = Pin<Box<dyn Future<Output = ()>>>;

enum Body {
    Anywhere(Anywhere),
    /// It stays in `HERE`, on the thread that spawned it.
    Here,
}

thread_local! {
    /// The futures that stay on this thread, by the address of their job.
    static HERE: RefCell<HashMap<usize, Here>> = RefCell::default();
}

impl Job {
    /// Queues a task to be polled by whoever drives the runtime.
    pub(crate) fn start(
        world: &Arc<World>,
        body: Anywhere,
        spawned_at: &'static Location<'static>,
    ) {
        let job = Self::new(world, Body::Anywhere(body), spawned_at);
        world.ready(Ready::Job(job));
    }

    /// Queues a task that must not leave this thread.
    pub(crate) fn start_here(
        world: &Arc<World>,
        body: Here,
        spawned_at: &'static Location<'static>,
    ) {
        let job = Self::new(world, Body::Here, spawned_at);
        let former = HERE.with_borrow_mut(|here| here.insert(job.key(), body));
        drop(former);
        world.ready(Ready::Job(job));
    }

    fn new(world: &Arc<World>, body: Body, spawned_at: &'static Location<'static>) -> Arc<Self> {
        let mut state = world.lock();
        let job = Arc::new(Self {
            number: state.number(),
            spawned_at,
            world: Arc::downgrade(world),
            stage: Mutex::new(Stage {
                body: Some(body),
                queued: true,
                ended: false,
            }),
        });
        state.jobs.insert(job.number, Arc::clone(&job));
        job
    }

    /// Polls it once.
    pub(crate) fn run(self: &Arc<Self>) {
        let mut stage = self.lock();
        stage.queued = false;
        let Some(mut body) = stage.body.take() else {
            return;
        };
        drop(stage);
        let waker = Waker::from(Arc::clone(self));
        let mut cx = Context::from_waker(&waker);
        let poll = match &mut body {
            Body::Anywhere(future) => future.as_mut().poll(&mut cx),
            Body::Here => {
                let mut future = self.take_here().unwrap_or_else(|| {
                    panic!(
                        "a task spawned by `spawn_local` at {} stays on its thread: block on the \
                         `Virtual` there",
                        self.spawned_at
                    )
                });
                let poll = future.as_mut().poll(&mut cx);
                HERE.with_borrow_mut(|here| here.insert(self.key(), future));
                poll
            }
        };
        if poll.is_pending() {
            self.lock().body = Some(body);
            return;
        }
        self.lock().ended = true;
        if let Some(world) = self.world.upgrade() {
            world.lock().jobs.remove(&self.number);
        }
        drop((body, self.take_here()));
    }

    /// Drops its future, as the runtime is gone.
    pub(crate) fn cancel(&self) {
        let body = self.lock().body.take();
        let here = match body {
            Some(Body::Here) => self.take_here(),
            _ => None,
        };
        drop((body, here));
    }

    fn take_here(&self) -> Option<Here> {
        // A thread that ends has dropped its futures already.
        let taken = HERE.try_with(|here| here.borrow_mut().remove(&self.key()));
        taken.ok().flatten()
    }

    fn lock(&self) -> MutexGuard<'_, Stage> {
        // Foreign code is never run while it is held.
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
