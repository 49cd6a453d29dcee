//! A deadline that passes between the driver's look at the clock and its timer.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use dormouse_core::adapter::{RemoteTask, remote};
use dormouse_core::{Coalesced, Sleeper, Spawner};

use crate::mock::ms;

/// Its clock moves to the deadline of the sleep that is polled. Tasks are polled by hand.
#[derive(Clone)]
struct Hasty {
    now: Arc<Mutex<Instant>>,
    tasks: Arc<Mutex<Vec<Run>>>,
}

type Run = Pin<Box<dyn Future<Output = ()> + Send>>;

struct HastySleep(Hasty, Instant);

impl Future for HastySleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        *self.0.now.lock().unwrap() = self.1;
        Poll::Ready(())
    }
}

impl Sleeper for Hasty {
    type Sleep = HastySleep;

    fn now(&self) -> Instant {
        *self.now.lock().unwrap()
    }

    fn sleep_until(&self, deadline: Instant) -> HastySleep {
        HastySleep(self.clone(), deadline)
    }
}

impl Spawner for Hasty {
    type Task<T: Send + 'static> = RemoteTask<T>;

    fn spawn<F>(&self, future: F) -> RemoteTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        self.tasks.lock().unwrap().push(Box::pin(run));
        task
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

#[test]
fn a_timer_that_ends_at_once_wakes_the_sleep_in_that_poll_of_the_driver() {
    let runtime = Hasty {
        // Ahead of the system's clock: if it came near, it would be taken for that.
        now: Arc::new(Mutex::new(Instant::now() + Duration::from_secs(3_600))),
        tasks: Arc::default(),
    };
    let sleeper = Coalesced::new(runtime.clone());
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut sleep = pin!(sleeper.sleep(ms(5)));
    assert!(
        sleep
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    let mut driver = runtime.tasks.lock().unwrap().pop().expect("the driver");
    let mut cx = Context::from_waker(Waker::noop());
    assert!(driver.as_mut().poll(&mut cx).is_pending());
    assert!(
        woken.0.load(SeqCst),
        "the sleep waits for another poll of the driver"
    );
    assert!(sleep.poll(&mut Context::from_waker(&waker)).is_ready());
}
