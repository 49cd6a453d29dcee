//! Sleeps of which each waits for the one before it.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::bad_sleepers::BadSleeper;
use crate::bad_sleepers::sleeps::BadSleep;

impl BadSleeper {
    /// Queues the sleeps: only the first one has a timer, and passes it on when it ends. If the
    /// first one is held without being polled, all others wait.
    pub(crate) fn in_a_queue(&self, deadline: Instant) -> BadSleep {
        let key = (deadline, self.readings.fetch_add(1, SeqCst));
        let mut place = Place {
            key,
            queue: self.queue.clone(),
        };
        let mut sleep = Box::pin(self.right(deadline));
        Box::pin(poll_fn(move |cx| place.poll(cx, &mut sleep)))
    }
}

struct Place {
    key: (Instant, usize),
    queue: Arc<Mutex<BTreeMap<(Instant, usize), Waker>>>,
}

impl Place {
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        sleep: &mut (impl Future<Output = ()> + Unpin),
    ) -> Poll<()> {
        if self.key.0 <= Instant::now() {
            self.leave();
            return Poll::Ready(());
        }
        let mut queue = self.queue.lock().unwrap();
        queue.insert(self.key, cx.waker().clone());
        let first = queue
            .first_key_value()
            .is_some_and(|(key, _)| *key == self.key);
        drop(queue);
        if first {
            Pin::new(sleep).poll(cx)
        } else {
            Poll::Pending
        }
    }

    fn leave(&mut self) {
        let mut queue = self.queue.lock().unwrap();
        if queue.remove(&self.key).is_some() {
            let next = queue.first_key_value().map(|(_, waker)| waker.clone());
            drop(queue);
            next.into_iter().for_each(Waker::wake);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave();
    }
}
