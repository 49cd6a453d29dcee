//! A foreign waker in its slot, under every interleaving of the driver and the one who polls.

use std::pin::Pin;

use loom::thread;

use super::*;
use crate::adapter::quiet::wake;
use crate::sync::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

/// A timer as a runtime has it: another thread ends it.
struct Timer(Arc<Mutex<Ends>>);

#[derive(Default)]
struct Ends {
    ended: bool,
    waker: Option<Waker>,
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut ends = self.0.lock().unwrap();
        if ends.ended {
            return Poll::Ready(());
        }
        // Under the lock, as async-io does.
        ends.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let waker = self.0.lock().unwrap().waker.take();
        drop(waker);
    }
}

fn timer() -> (Timer, Arc<Mutex<Ends>>) {
    let ends = Arc::new(Mutex::new(Ends::default()));
    (Timer(Arc::clone(&ends)), ends)
}

fn fire(ends: &Mutex<Ends>) {
    let mut ends = ends.lock().unwrap();
    ends.ended = true;
    let waker = ends.waker.take();
    drop(ends);
    waker.into_iter().for_each(Waker::wake);
}

/// Counts the wake-ups, and says how many clones there are.
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

fn count() -> (Arc<Count>, Waker) {
    let count = Arc::new(Count(AtomicUsize::new(0)));
    (Arc::clone(&count), Waker::from(count))
}

#[test]
fn the_latest_waker_is_woken_or_the_timer_has_ended() {
    loom::model(|| {
        let (inner, ends) = timer();
        let mut shielded = Shielded::new(inner);
        let (first, second) = (count(), count());
        let mut poll =
            |waker: &Waker| shielded.poll(&mut Context::from_waker(waker), || timer().0, wake);
        let mut pending = poll(&first.1).is_pending();
        let driver = thread::spawn(move || fire(&ends));
        pending &= poll(&second.1).is_pending();
        driver.join().unwrap();
        assert_eq!(second.0.0.load(SeqCst) > 0 || !pending, true);
    });
}

#[test]
fn a_timer_that_is_dropped_drops_the_waker() {
    loom::model(|| {
        let (inner, ends) = timer();
        let mut shielded = Shielded::new(inner);
        let (seen, waker) = count();
        let poll = shielded.poll(&mut Context::from_waker(&waker), || timer().0, wake);
        assert!(poll.is_pending());
        drop(waker);
        let driver = thread::spawn(move || fire(&ends));
        drop(shielded);
        driver.join().unwrap();
        assert_eq!(Arc::strong_count(&seen), 1);
    });
}
