//! A task as the runtime sees it: something to poll.

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::ThreadId;

use crate::world::job::home::{Home, Local};
use crate::world::{World, lock};

pub(crate) mod home;

/// A task, from its spawn to its end. Its value or its panic reaches the handle through the future,
/// so neither polling nor dropping the future panics.
pub(crate) struct Job {
    pub(crate) number: u64,
    pub(crate) spawned_at: &'static Location<'static>,
    world: Arc<World>,
    /// Where its future is kept, if it stays on its thread.
    home: Option<Home>,
    stage: Mutex<Stage>,
}

struct Stage {
    /// `None` while the future is polled, once it has ended, and if it stays on its thread.
    future: Option<Anywhere>,
    queued: bool,
    ended: bool,
}

type Anywhere = Pin<Box<dyn Future<Output = ()> + Send>>;

enum Body {
    Anywhere(Anywhere),
    Local(Local),
}

impl Job {
    /// Queues a task for the thread that drives the runtime; cancels it if the runtime is gone.
    pub(crate) fn start(
        world: &Arc<World>,
        future: Anywhere,
        spawned_at: &'static Location<'static>,
    ) {
        let job = Self::new(world, None, spawned_at);
        job.put(Body::Anywhere(future));
        world.ready(job);
    }

    /// Queues a task that must not leave this thread; cancels it if the runtime is gone.
    pub(crate) fn start_here(
        world: &Arc<World>,
        future: Local,
        spawned_at: &'static Location<'static>,
    ) -> Arc<Self> {
        home::sweep();
        let job = Self::new(world, Home::new(), spawned_at);
        job.put(Body::Local(future));
        world.ready(Arc::clone(&job));
        job
    }

    /// Polls it once.
    pub(crate) fn run(self: &Arc<Self>) {
        let Some(mut body) = self.take() else {
            return;
        };
        let waker = Waker::from(Arc::clone(self));
        let mut cx = Context::from_waker(&waker);
        let poll = match &mut body {
            Body::Anywhere(future) => future.as_mut().poll(&mut cx),
            Body::Local(future) => future.as_mut().poll(&mut cx),
        };
        match poll {
            Poll::Pending => self.put(body),
            Poll::Ready(()) => self.end(),
        }
    }

    /// Drops its future because the runtime is gone; on its own thread, if it stays on one.
    pub(crate) fn cancel(&self) {
        let mut stage = lock(&self.stage);
        stage.ended = true;
        let future = stage.future.take();
        drop(stage);
        drop(future);
        if let Some(home) = &self.home {
            match home.take() {
                Some(future) => drop(future),
                None => home.ask_for_sweep(),
            }
        }
    }

    /// Marks it as ended: it is not polled any more.
    pub(crate) fn end(&self) {
        lock(&self.stage).ended = true;
        let job = self.world.lock().jobs.remove(&self.number);
        drop(job);
    }

    pub(crate) fn has_ended(&self) -> bool {
        lock(&self.stage).ended
    }

    /// The only thread that can poll it, if there is one.
    pub(crate) fn thread(&self) -> Option<ThreadId> {
        self.home.as_ref().map(|home| home.thread)
    }

    /// Sets the waker of the task that awaits it, if it stays on its thread.
    pub(crate) fn set_waiter(&self, waiter: Option<Waker>) {
        if let Some(home) = &self.home {
            home.set_waiter(waiter);
        }
    }

    /// A new job, marked as queued; the caller puts it into the ready queue.
    fn new(
        world: &Arc<World>,
        home: Option<Home>,
        spawned_at: &'static Location<'static>,
    ) -> Arc<Self> {
        let mut state = world.lock();
        let gone = world.is_gone();
        let job = Arc::new(Self {
            number: state.number(),
            spawned_at,
            world: Arc::clone(world),
            home,
            stage: Mutex::new(Stage {
                future: None,
                queued: true,
                ended: gone,
            }),
        });
        if !gone {
            state.jobs.insert(job.number, Arc::clone(&job));
        }
        job
    }

    fn take(&self) -> Option<Body> {
        let mut stage = lock(&self.stage);
        stage.queued = false;
        match &self.home {
            _ if stage.ended => None,
            None => stage.future.take().map(Body::Anywhere),
            Some(home) => home.take().map(Body::Local),
        }
    }

    /// Puts its future back for the next poll, or drops it if the task was cancelled.
    fn put(self: &Arc<Self>, body: Body) {
        let mut stage = lock(&self.stage);
        if stage.ended {
            drop(stage);
            return drop(body);
        }
        match (body, &self.home) {
            (Body::Anywhere(future), _) => stage.future = Some(future),
            (Body::Local(future), home) => {
                let kept = match home {
                    Some(home) => home.put(self, future),
                    None => Err(future),
                };
                if let Err(future) = kept {
                    drop(stage);
                    self.end();
                    drop(future);
                }
            }
        }
    }
}

impl Wake for Job {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut stage = lock(&self.stage);
        if stage.queued || stage.ended {
            return;
        }
        stage.queued = true;
        drop(stage);
        self.world.ready(Arc::clone(self));
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Job({})", self.spawned_at)
    }
}
