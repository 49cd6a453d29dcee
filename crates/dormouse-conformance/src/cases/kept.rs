//! A sleep that has been polled and is then held without being polled again delays no other sleep.
//!
//! Ordinary code does that: an arm of a `select!` whose task is busy in another arm, or a stream of
//! futures whose reader is busy. If other sleeps depend on such a sleep, nothing ends, not even the
//! limit of a case: then the watchdog reports it.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::time::Duration;

use dormouse_core::{Runtime, Sleeper};

use crate::limit::{LIMIT, within};
use crate::results::gives;
use crate::witness::{Signal, Witness, poll_once};

const SHORT: Duration = Duration::from_millis(10);

/// More than a timer might have room for: they are due before the last of the sleeps beside them.
const KEPT: u32 = 200;

/// In one task: sleeps that were polled once and are held, while the task awaits another one.
pub async fn a_kept_sleep_delays_no_other<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a kept sleep delays no other";
    // Half of them are polled with this task's waker, the others with one that is ignored.
    let nobody = Witness::default();
    let mut kept = Vec::new();
    for number in 1..=KEPT {
        let mut sleep = Box::pin(runtime.sleep(number * 4 * SHORT / KEPT));
        if number % 2 == 0 {
            let _ = poll_once(sleep.as_mut()).await;
        } else {
            let _ = nobody.poll(&mut sleep);
        }
        kept.push(sleep);
    }
    for number in 1..=6 {
        let ended = within(runtime, runtime.sleep(SHORT)).await;
        assert!(
            ended.is_some(),
            "{PROMISE}: beside {KEPT} that were polled once, number {number} of {SHORT:?} has not ended within {LIMIT:?}"
        );
    }
    drop(kept);
}

/// The same with sleeps that are never dropped.
pub async fn a_forgotten_sleep_delays_no_other<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a forgotten sleep delays no other";
    let nobody = Witness::default();
    for number in 1..=4 {
        let mut sleep = Box::pin(runtime.sleep(number * SHORT));
        let _ = nobody.poll(&mut sleep);
        mem::forget(sleep);
    }
    for number in 1..=6 {
        let ended = within(runtime, runtime.sleep(SHORT)).await;
        assert!(
            ended.is_some(),
            "{PROMISE}: beside 4 that were forgotten, number {number} of {SHORT:?} has not ended within {LIMIT:?}"
        );
    }
}

/// A buffer of futures that sleep, polled between other sleeps of the same task: the shape of
/// `buffer_unordered`.
pub async fn a_buffer_of_sleeps_goes_on<R: Sleeper>(runtime: &R) {
    const PROMISE: &str = "a buffer of sleeps goes on";
    let mut waiting = 1..=20;
    let mut buffer: Vec<Pin<Box<dyn Future<Output = u32>>>> = Vec::new();
    let mut ended = Vec::new();
    while ended.len() < 20 {
        while buffer.len() < 5 {
            let Some(number) = waiting.next() else { break };
            buffer.push(Box::pin(async move {
                runtime.sleep(number * SHORT / 4).await;
                number
            }));
        }
        let number = within(runtime, first_of(&mut buffer)).await;
        let number = number.unwrap_or_else(|| {
            panic!("{PROMISE}: after {ended:?} the next one has not ended within {LIMIT:?}")
        });
        ended.push(number);
        // The work for this result, during which the buffer is not polled.
        let work = within(runtime, runtime.sleep(SHORT)).await;
        assert!(
            work.is_some(),
            "{PROMISE}: after {ended:?} a sleep beside the buffer has not ended within {LIMIT:?}"
        );
    }
}

/// The first of the futures to end, which is removed from the buffer.
async fn first_of<T>(buffer: &mut Vec<Pin<Box<dyn Future<Output = T> + '_>>>) -> T {
    std::future::poll_fn(|cx| {
        for number in 0..buffer.len() {
            let poll = buffer[number].as_mut().poll(cx);
            if poll.is_ready() {
                drop(buffer.swap_remove(number));
                return poll;
            }
        }
        std::task::Poll::Pending
    })
    .await
}

/// Tasks that hold sleeps without polling them, while another task awaits one that is due later.
pub async fn a_kept_sleep_delays_no_other_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a kept sleep delays no other task";
    let over = Signal::default();
    let (begun, keepers) = (Witness::default(), 4);
    let tasks: Vec<_> = (1..=keepers)
        .map(|number| {
            let (inside, over, begun) = (runtime.clone(), over.clone(), begun.clone());
            runtime.spawn(async move {
                let mut sleep = Box::pin(inside.sleep(number * SHORT));
                let _ = poll_once(sleep.as_mut()).await;
                begun.see();
                // A `select!` that is busy in another arm.
                over.told().await;
                sleep.await;
            })
        })
        .collect();
    let inside = runtime.clone();
    let (child, all) = (runtime.clone(), keepers as usize);
    let last = runtime.spawn(async move {
        while begun.times() < all {
            child.yield_now().await;
        }
        inside.sleep(6 * SHORT).await;
    });
    // The parent of that task holds one, too.
    let mut kept = Box::pin(runtime.sleep(SHORT));
    let _ = poll_once(kept.as_mut()).await;
    let ended = last.await;
    assert!(
        ended.is_ok(),
        "{PROMISE}: the task that sleeps gave {ended:?}"
    );

    over.tell();
    kept.await;
    for task in tasks {
        gives(
            PROMISE,
            "one that kept its sleep, and then awaited it,",
            runtime,
            task,
            (),
        )
        .await;
    }
}
