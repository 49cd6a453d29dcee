//! A sleeper made by hand, as the floor of what a runtime could do: one thread that blocks on one
//! condition variable.

use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

use dormouse::{BlockOn, Sleeper};

/// A sleeper whose alarms ring in the thread that blocks on a future, and nowhere else.
#[derive(Clone, Debug, Default)]
pub struct ThreadSleeper {
    alarms: Arc<Alarms>,
}

impl Sleeper for ThreadSleeper {
    type Sleep = ThreadSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> ThreadSleep {
        ThreadSleep {
            alarms: Arc::clone(&self.alarms),
            deadline,
            number: None,
        }
    }
}

impl BlockOn for ThreadSleeper {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let waker = Waker::from(Arc::clone(&self.alarms));
        let mut cx = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                return output;
            }
            self.alarms.wait();
        }
    }
}

/// A sleep of a [`ThreadSleeper`].
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct ThreadSleep {
    alarms: Arc<Alarms>,
    deadline: Instant,
    number: Option<u64>,
}

impl Future for ThreadSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.deadline <= Instant::now() {
            return Poll::Ready(());
        }
        let alarms = Arc::clone(&self.alarms);
        let mut state = alarms.lock();
        let number = *self.number.get_or_insert_with(|| {
            state.last_number += 1;
            state.last_number
        });
        state
            .wakers
            .insert((self.deadline, number), cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for ThreadSleep {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.alarms.lock().wakers.remove(&(self.deadline, number));
        }
    }
}

#[derive(Debug, Default)]
struct Alarms {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    wakers: BTreeMap<(Instant, u64), Waker>,
    last_number: u64,
    /// The future that is blocked on is to be polled.
    woken: bool,
}

impl Alarms {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with the lock")
    }

    /// Wakes at each deadline who waits for it, until that is the future that is blocked on.
    fn wait(&self) {
        let mut state = self.lock();
        while !std::mem::take(&mut state.woken) {
            let Some(first) = state.wakers.first_entry() else {
                state = self.changed.wait(state).expect("nobody panics");
                continue;
            };
            let (deadline, _) = *first.key();
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let waker = first.remove();
                drop(state);
                waker.wake();
                state = self.lock();
            } else {
                let waited = self.changed.wait_timeout(state, left);
                (state, _) = waited.expect("nobody panics");
            }
        }
    }
}

impl Wake for Alarms {
    fn wake(self: Arc<Self>) {
        self.lock().woken = true;
        self.changed.notify_one();
    }
}
