//! The tasks of this thread.
//!
//! One future on wasm-bindgen's executor runs them all, in batches. A batch has the tasks that were
//! woken before that future is polled, and no others. So a task that wakes itself, or two that wake
//! each other, do not keep the page from being drawn or timers from running, as they would in a
//! queue of microtasks.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};

use dormouse_core::adapter::wake;

use crate::turn;

/// A task without its result. Polling it does not panic.
type Run = Pin<Box<dyn Future<Output = ()>>>;

/// Runs a task on this thread.
pub(crate) fn run(task: Run) {
    EXECUTOR.with(|executor| {
        let number = executor.next.get();
        executor.next.set(number + 1);
        let waker = Arc::new(TaskWaker {
            number,
            queued: AtomicBool::new(false),
            queue: Arc::clone(&executor.queue),
        });
        let tasks = &mut *executor.tasks.borrow_mut();
        tasks.insert(number, (task, Waker::from(Arc::clone(&waker))));
        waker.wake();
    });
}

thread_local! {
    static EXECUTOR: Executor = {
        let queue = Arc::<Queue>::default();
        wasm_bindgen_futures::spawn_local(Driver { queue: Arc::clone(&queue) });
        Executor { tasks: RefCell::default(), next: Cell::new(0), queue }
    };
}

struct Executor {
    /// The tasks that are pending or queued; a task that is being polled has been taken out.
    tasks: RefCell<HashMap<u64, (Run, Waker)>>,
    next: Cell<u64>,
    queue: Arc<Queue>,
}

impl Executor {
    fn poll(&self, number: u64) {
        let task = self.tasks.borrow_mut().remove(&number);
        let Some((mut task, waker)) = task else {
            return;
        };
        if task
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
        {
            self.tasks.borrow_mut().insert(number, (task, waker));
        }
    }
}

/// The tasks that have been woken, on any thread.
#[derive(Default)]
struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    woken: Vec<Arc<TaskWaker>>,
    /// The waker of the driver, unless the driver will be polled anyway.
    driver: Option<Waker>,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while the lock is held.
        self.0.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

struct TaskWaker {
    number: u64,
    queued: AtomicBool,
    queue: Arc<Queue>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        if self.queued.swap(true, SeqCst) {
            return;
        }
        let queue = Arc::clone(&self.queue);
        let mut state = queue.lock();
        state.woken.push(self);
        let driver = state.driver.take();
        drop(state);
        if let Some(driver) = driver {
            wake(driver);
        }
    }
}

/// Polls the tasks that have been woken, and never ends.
struct Driver {
    queue: Arc<Queue>,
}

impl Future for Driver {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let batch = std::mem::take(&mut self.queue.lock().woken);
        EXECUTOR.with(|executor| {
            for task in batch {
                // From here on, the task may be queued again.
                task.queued.store(false, SeqCst);
                executor.poll(task.number);
            }
        });
        let mut state = self.queue.lock();
        if state.woken.is_empty() {
            state.driver = Some(cx.waker().clone());
        } else {
            drop(state);
            turn::after_others(cx.waker().clone());
        }
        Poll::Pending
    }
}
