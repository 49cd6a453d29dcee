//! Runtimes with one fault each in how `block_on` polls its future, on top of a right one.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread, ThreadId};
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Sleeper, Spawner};
use dormouse_tokio::{TokioHandle, TokioRuntime, TokioSleep, TokioTask};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    None,
    WakeLostDuringAPoll,
    HangsWhenTheInnerOneWaits,
    InnerOneTakesTheWake,
    PoisonedByAPanic,
    StarvesTasksWhileItYields,
    HangsInTasks,
    DiesOfLateWakes,
    LeaksItsFuture,
    WakesOneOfItsCallers,
}

pub(crate) struct BadRoot {
    owner: TokioRuntime,
    fault: Fault,
    home: ThreadId,
    callers: Arc<Callers>,
}

/// What all calls wait for.
#[derive(Default)]
struct Callers {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Wake for Callers {
    fn wake(self: Arc<Self>) {
        *self.woken.lock().unwrap() = true;
        self.changed.notify_one();
    }
}

impl Callers {
    fn block_on<F: Future>(self: &Arc<Self>, future: F) -> F::Output {
        let (mut future, waker) = (pin!(future), Waker::from(Arc::clone(self)));
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            let woken = self.woken.lock().unwrap();
            *self.changed.wait_while(woken, |woken| !*woken).unwrap() = false;
        }
    }
}

thread_local! {
    static NESTED: Cell<bool> = const { Cell::new(false) };
    static INNER_ONE_RAN: Cell<bool> = const { Cell::new(false) };
}

impl BadRoot {
    pub(crate) fn new(fault: Fault) -> Self {
        let owner = match fault {
            Fault::StarvesTasksWhileItYields => TokioRuntime::current_thread(),
            _ => TokioRuntime::multi_thread(2),
        };
        Self {
            owner,
            fault,
            home: thread::current().id(),
            callers: Arc::default(),
        }
    }

    pub(crate) fn handle(&self) -> RootHandle {
        RootHandle(self.owner.handle())
    }

    /// Polls the future once, with what the fault does to its wake-ups.
    fn poll<F: Future>(
        &self,
        mut future: Pin<&mut F>,
        cx: &mut Context<'_>,
        over: &Arc<AtomicBool>,
    ) -> Poll<F::Output> {
        let woken = Arc::new(Woken {
            waker: cx.waker().clone(),
            polled: AtomicBool::new(true),
            woken: AtomicBool::new(false),
            fault: self.fault,
            over: Arc::clone(over),
        });
        loop {
            let waker = Waker::from(Arc::clone(&woken));
            INNER_ONE_RAN.set(false);
            let poll = future.as_mut().poll(&mut Context::from_waker(&waker));
            let was_woken = woken.woken.swap(false, SeqCst);
            let again = self.fault == Fault::StarvesTasksWhileItYields && poll.is_pending();
            if was_woken && again {
                continue;
            }
            woken.polled.store(false, SeqCst);
            let was_woken = was_woken || woken.woken.load(SeqCst);
            if was_woken && !INNER_ONE_RAN.get() {
                cx.waker().wake_by_ref();
            }
            return poll;
        }
    }
}

impl BlockOn for BadRoot {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        match self.fault {
            Fault::LeaksItsFuture => {
                let mut future = Box::pin(future);
                let output = self.owner.block_on(future.as_mut());
                std::mem::forget(future);
                return output;
            }
            Fault::WakesOneOfItsCallers => return self.callers.block_on(future),
            _ => {}
        }
        let mut future = pin!(future);
        if self.fault == Fault::HangsInTasks && thread::current().id() != self.home {
            thread::sleep(Duration::MAX);
        }
        if NESTED.get() {
            let refuses = [Fault::PoisonedByAPanic, Fault::StarvesTasksWhileItYields];
            assert!(
                !refuses.contains(&self.fault),
                "a `block_on` inside of a `block_on` is not possible here"
            );
            INNER_ONE_RAN.set(self.fault == Fault::InnerOneTakesTheWake);
            return inner(self.fault, future);
        }
        NESTED.set(true);
        let _leave = Leave(self.fault);
        let over = Arc::new(AtomicBool::new(false));
        let output = self
            .owner
            .block_on(poll_fn(|cx| self.poll(future.as_mut(), cx, &over)));
        over.store(true, SeqCst);
        output
    }
}

/// Its yield is a wake-up within the poll, where tokio's own comes after it.
#[derive(Clone)]
pub(crate) struct RootHandle(TokioHandle);

impl Sleeper for RootHandle {
    type Sleep = TokioSleep;

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn sleep_until(&self, deadline: Instant) -> TokioSleep {
        self.0.sleep_until(deadline)
    }
}

impl Spawner for RootHandle {
    type Task<T: Send + 'static> = TokioTask<T>;

    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.0.spawn(future)
    }
}

/// A `block_on` inside of another one, by the thread alone.
fn inner<F: Future>(fault: Fault, mut future: Pin<&mut F>) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        if fault == Fault::HangsWhenTheInnerOneWaits {
            thread::sleep(Duration::MAX);
        }
        thread::park();
    }
}

struct Leave(Fault);

impl Drop for Leave {
    fn drop(&mut self) {
        NESTED.set(self.0 == Fault::PoisonedByAPanic && thread::panicking());
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// A waker that only notes that it was woken, while the future is polled.
struct Woken {
    waker: Waker,
    polled: AtomicBool,
    woken: AtomicBool,
    fault: Fault,
    /// Whether that `block_on` has returned.
    over: Arc<AtomicBool>,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let late = self.over.load(SeqCst) && self.fault == Fault::DiesOfLateWakes;
        assert!(!late, "nobody is there to be woken");
        if !self.polled.load(SeqCst) {
            self.waker.wake_by_ref();
        } else if self.fault != Fault::WakeLostDuringAPoll || thread::current().name().is_some() {
            self.woken.store(true, SeqCst);
        }
    }
}
