//! What the handle of a task gives, and which waker it wakes.

use std::future::Future;
use std::future::pending;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::Context;
use std::thread;
use std::time::Duration;

use dormouse_core::{Runtime, Sleeper, Task};

use crate::cases::context::has_words;
use crate::cases::waking::{ORDERS, block_on};
use crate::endless::{endless, have_begun};
use crate::limit::{LIMIT, eventually, within};
use crate::panics::{caught, said};
use crate::results::gives;
use crate::witness::{Signal, Slot, Witness, waker_that_calls};

const SHORT: Duration = Duration::from_millis(10);

/// The handle gives the value of the task: early or late, of any type that is `Send`.
pub async fn a_handle_gives_the_value<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a handle gives the value";

    /// A type that is neither `Unpin`, `Clone`, `Copy` nor `Debug`.
    struct Awkward(String, PhantomPinned);

    fn is_free<T, H: Task<Value = T> + Send + Unpin + 'static>(_: &H) {}

    let late = runtime.spawn({
        let sleep = runtime.sleep(SHORT);
        async {
            sleep.await;
            Awkward("late".to_owned(), PhantomPinned)
        }
    });
    is_free(&late);
    let early = runtime.spawn(async { Awkward("early".to_owned(), PhantomPinned) });
    for (task, word) in [(late, "late"), (early, "early")] {
        runtime.sleep(SHORT / 5).await;
        let result = within(runtime, task).await;
        let result = result.unwrap_or_else(|| panic!("{PROMISE}: not within {LIMIT:?}"));
        let value = result.unwrap_or_else(|error| panic!("{PROMISE}: it gave the error: {error}"));
        assert!(
            value.0 == word,
            "{PROMISE}: it gave {:?} for {word:?}",
            value.0
        );
    }
}

/// A handle can move into another task and be awaited there.
pub async fn a_handle_can_be_awaited_in_another_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a handle can be awaited in another task";
    let sleep = runtime.sleep(SHORT);
    let inner = runtime.spawn(async {
        sleep.await;
        42
    });
    let outer = runtime.spawn(inner);
    gives(PROMISE, "it", runtime, async { outer.await? }, 42).await;
}

/// A handle can move to a plain thread and be awaited there.
pub async fn a_handle_can_be_awaited_on_another_thread<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a handle can be awaited on another thread";
    let sleep = runtime.sleep(SHORT);
    let task = runtime.spawn(async {
        sleep.await;
        42
    });
    let thread = thread::spawn(move || block_on(task));
    // Time passes here and tasks run, in case this thread alone drives the runtime.
    assert!(
        eventually(runtime, || thread.is_finished()).await,
        "{PROMISE}: it has not resolved there within {LIMIT:?}"
    );
    match thread.join() {
        Ok(result) => assert!(
            matches!(result, Ok(42)),
            "{PROMISE}: it gave {result:?} for 42"
        ),
        Err(payload) => panic!("{PROMISE}: it panicked: {}", said(&*payload)),
    }
}

/// A handle that is polled again after it has resolved panics: after a value, a panic and a
/// cancellation.
pub async fn a_handle_polled_after_its_end_panics<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a handle polled after its end panics";
    let value = runtime.spawn(async {});
    let panicked = runtime.spawn(async { panic!("burnt") });
    let mut cancelled = runtime.spawn(pending());
    cancelled.abort();
    for (end, mut task) in [
        ("a value", value),
        ("a panic", panicked),
        ("a cancellation", cancelled),
    ] {
        let result = within(runtime, &mut task).await;
        assert!(result.is_some(), "{PROMISE}: not resolved within {LIMIT:?}");
        assert!(
            task.is_finished(),
            "{PROMISE}: after {end} was taken, `is_finished` is false"
        );
        for time in ["once", "twice"] {
            panics_when_polled(PROMISE, &mut task, &format!("{time} after {end}"));
        }
        // There is nothing left to abort.
        task.abort();
        panics_when_polled(PROMISE, &mut task, &format!("after {end}, then `abort`,"));
    }
}

/// Polls a handle that has resolved.
pub(crate) fn panics_when_polled<H: Task>(promise: &str, task: &mut H, when: &str) {
    let nobody = Witness::default();
    match caught(|| nobody.poll(task).is_ready()) {
        Ok(true) => panic!("{promise}: polled {when} it gave another result"),
        Ok(false) => panic!("{promise}: polled {when} it was pending"),
        Err(words) => has_words(promise, "it", &words),
    }
}

/// The end of a task wakes the waker of the handle's latest poll.
pub async fn a_handle_wakes_the_latest_waker<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a handle wakes the latest waker";
    for order in ORDERS {
        let goal = Witness::default();
        let task = runtime.spawn(until(runtime.clone(), goal.clone()));
        wakes_the_latest(PROMISE, runtime, order, task, || goal.see()).await;
    }
}

/// Checks that of four wakers that poll a handle in this order the latest is woken when `end` has ended
/// the task.
pub(crate) async fn wakes_the_latest<S: Sleeper, H: Task>(
    promise: &str,
    sleeper: &S,
    order: [usize; 4],
    mut task: H,
    end: impl FnOnce(),
) {
    let wakers = [(); 4].map(|()| Witness::default());
    for number in order {
        let poll = wakers[number].poll(&mut task);
        assert!(poll.is_pending(), "{promise}: it was ready before the end");
    }
    end();
    assert!(
        eventually(sleeper, || wakers[order[3]].seen()).await,
        "{promise}: polled by four, in the order {order:?}, the end woke them {:?} times",
        wakers.each_ref().map(Witness::times),
    );
}

/// A task that ends when it is told to.
pub(crate) async fn until<R: Runtime>(runtime: R, goal: Witness) {
    while !goal.seen() {
        runtime.sleep(Duration::from_millis(1)).await;
    }
}

/// After an abort, too, the end wakes the waker of the handle's latest poll.
pub async fn an_aborted_handle_wakes_the_latest_waker<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "an aborted handle wakes the latest waker";
    let (begun, dropped) = <(Witness, Witness)>::default();
    let wakers = [(); 4].map(|()| Witness::default());
    // Its destructor takes a while.
    let mut task = runtime.spawn(endless(runtime, &begun, &dropped));
    have_begun(PROMISE, runtime, &begun, 1).await;
    task.abort();
    for waker in &wakers {
        if waker.poll(&mut task).is_ready() {
            // It is over already.
            return;
        }
    }
    assert!(
        eventually(runtime, || wakers[3].seen()).await,
        "{PROMISE}: polled by four after the abort, the end woke the others {:?} times and the latest never",
        [0, 1, 2].map(|number: usize| wakers[number].times()),
    );
}

/// The waker of a handle may ask, poll, abort and drop that handle, and spawn: the runtime holds no
/// lock while it wakes.
pub async fn the_waker_of_a_handle_may_use_it<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "the waker of a handle may use it";

    for how in ["ends", "panics"] {
        let (go_on, used) = <(Signal, Witness)>::default();
        let handle = Slot::<R::Task<()>>::new();
        let told = go_on.clone();
        let mut task = runtime.spawn(async move {
            told.told().await;
            assert!(how != "panics", "a task of the test panics");
        });
        let (own, see, inside) = (handle.clone(), used.clone(), runtime.clone());
        let waker = waker_that_calls(move || {
            if let Some(mut task) = own.take() {
                let _ = task.is_finished();
                if Witness::default().poll(&mut task).is_pending() {
                    task.abort();
                }
                drop(task);
                inside.spawn(async {}).detach();
                see.see();
            }
        });
        let poll = Pin::new(&mut task).poll(&mut Context::from_waker(&waker));
        assert!(poll.is_pending(), "{PROMISE}: a task ended too soon");
        handle.put(task);
        go_on.tell();
        // If it is locked in there, this may hang: the watchdog reports it.
        assert!(
            eventually(runtime, || used.seen()).await,
            "{PROMISE}: {LIMIT:?} after a task that {how}, it has not returned"
        );
    }
}
