//! A task that is woken is polled again: during a poll, after it, and by whichever waker.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::mpsc::channel;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::Runtime;

use crate::clock::passes_by_itself;
use crate::limit::{LIMIT, eventually, within};
use crate::panics::elsewhere;
use crate::results::gives;
use crate::witness::{Signal, Slot, Witness};

/// A task that is woken by another thread while it is polled is polled again.
pub async fn a_wake_during_a_poll_is_not_lost<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a wake during a poll is not lost";
    gives(
        PROMISE,
        "woken by another thread while it was polled, a task",
        runtime,
        runtime.spawn(woken_during_its_polls()),
        (),
    )
    .await;
}

/// Each clone of a task's waker wakes it, also one of an earlier poll: what is polled once and then
/// kept, as in a `FuturesUnordered`, has no other.
pub async fn a_waker_of_an_earlier_poll_wakes_the_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a waker of an earlier poll wakes the task";
    let (first, go_on, polls) = (Slot::new(), Signal::default(), Witness::default());
    let (give, told, see) = (first.clone(), go_on.clone(), polls.clone());
    let task = runtime.spawn(async move {
        poll_fn(|cx| {
            give.put(cx.waker().clone());
            Poll::Ready(())
        })
        .await;
        told.told().await;
        let mut left = 2;
        poll_fn(|_| {
            see.see();
            left -= 1;
            if left == 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    });
    let Some(first) = within(runtime, first.taken()).await else {
        panic!("{PROMISE}: it has not begun within {LIMIT:?}");
    };
    go_on.tell();
    assert!(
        eventually(runtime, || polls.seen()).await,
        "{PROMISE}: it has not come to its second poll"
    );
    runtime.sleep(Duration::from_millis(2)).await;
    first.wake();
    gives(
        PROMISE,
        "woken by that of its first poll, it",
        runtime,
        task,
        (),
    )
    .await;
}

/// Thousands of wake-ups, in a poll and by another thread at any moment, are not lost.
pub async fn many_wakes_are_not_lost<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "many wakes are not lost";
    // In each poll, by the task itself.
    let task = runtime.spawn(woken_often(Waker::wake));
    gives(PROMISE, "woken in each of its polls, it", runtime, task, ()).await;
    if !passes_by_itself(runtime) {
        // Virtual time does not wait for a thread that it does not know.
        return;
    }
    // By another thread, as soon as it has the waker: in the poll, or just after it.
    let (give, wakers) = channel::<Waker>();
    let thread = thread::spawn(move || wakers.into_iter().for_each(Waker::wake));
    let task = runtime.spawn(woken_often(move |waker| _ = give.send(waker)));
    gives(
        PROMISE,
        "woken by another thread after each poll, it",
        runtime,
        task,
        (),
    )
    .await;
    _ = thread.join();
}

/// Is pending thousands of times, each of which `wakes` is to end; fewer on a busy machine, so that
/// it is over long before the limit unless a wake-up is lost.
fn woken_often(wakes: impl Fn(Waker) + Send + 'static) -> impl Future<Output = ()> + Send {
    let (start, most) = (Instant::now(), LIMIT.get() / 4);
    let mut polls = 0;
    poll_fn(move |cx| {
        polls += 1;
        if polls > 5_000 || start.elapsed() > most {
            return Poll::Ready(());
        }
        wakes(cx.waker().clone());
        Poll::Pending
    })
}

/// Is woken by another thread in each of its first polls: one thread after the other, so that it is
/// surely during the poll.
pub(crate) fn woken_during_its_polls() -> impl Future<Output = ()> + Send + 'static {
    let mut polls = 0;
    poll_fn(move |cx| {
        polls += 1;
        if polls > 3 {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        elsewhere(move || waker.wake()).unwrap_or_else(|message| panic!("a waker: {message}"));
        Poll::Pending
    })
}

/// Hands out a waker, and ends when it is told to.
pub(crate) struct Idle {
    waker: Slot<Waker>,
    over: Witness,
}

impl Idle {
    pub(crate) fn new() -> (Self, Slot<Waker>, Witness) {
        let (waker, over) = (Slot::new(), Witness::default());
        let idle = Self {
            waker: waker.clone(),
            over: over.clone(),
        };
        (idle, waker, over)
    }
}

impl Future for Idle {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.over.seen() {
            return Poll::Ready(());
        }
        self.waker.put(cx.waker().clone());
        Poll::Pending
    }
}
