//! Wake-ups of tasks by other threads.

use std::future::poll_fn;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

use dormouse_core::{AbortOnDrop, BlockOn, Runtime};

use crate::cases::wakes::Idle;
use crate::limit::{LIMIT, within};
use crate::on_drop::OnDrop;
use crate::panics::elsewhere;
use crate::results::gives;
use crate::witness::{Slot, Witness};

/// A task that waits is polled again when another thread wakes it: by value, or by reference.
pub async fn a_task_that_waits_can_be_woken_by_another_thread<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a task that waits can be woken by another thread";
    for by_reference in [false, true] {
        let (task, waker, over) = idle_task(runtime, PROMISE).await;
        // The poll that has given the waker is over, most of the time.
        runtime.sleep(Duration::from_millis(2)).await;
        over.see();
        let woken = elsewhere(|| {
            if by_reference {
                waker.wake_by_ref();
                drop(waker);
            } else {
                waker.wake();
            }
        });
        assert_eq!(woken, Ok(()), "{PROMISE}: it panicked");
        let who = format!("woken (by reference: {by_reference}), it");
        gives(PROMISE, &who, runtime, task, ()).await;
    }
}

/// A task is polled again when a thread wakes it whose panic unwinds, and that thread ends in its own
/// panic alone.
pub async fn a_thread_that_panics_can_wake_a_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a thread that panics can wake a task";
    let (task, waker, over) = idle_task(runtime, PROMISE).await;
    runtime.sleep(Duration::from_millis(2)).await;
    over.see();
    let panicked = elsewhere(|| {
        let _wakes = OnDrop::new(|| waker.wake());
        panic!("its own");
    });
    let Err(words) = panicked;
    assert_eq!(words, "its own", "{PROMISE}: another panic came out of it");
    gives(PROMISE, "woken by one, it", runtime, task, ()).await;
}

/// Wake-ups by another thread return while the runtime is not being driven, however many they are, and
/// the tasks are polled once it is driven again.
pub fn wake_ups_return_while_the_runtime_rests<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "wake-ups return while the runtime rests";
    const TASKS: usize = 200;
    let (tasks, wakers, overs) = driver.block_on(async {
        let (mut tasks, mut wakers, mut overs) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..TASKS {
            let (task, waker, over) = idle_task(runtime, PROMISE).await;
            tasks.push(task);
            wakers.push(waker);
            overs.push(over);
        }
        runtime.sleep(Duration::from_millis(2)).await;
        (tasks, wakers, overs)
    });
    overs.iter().for_each(Witness::see);
    let (tell, told) = channel();
    thread::spawn(move || {
        wakers.into_iter().for_each(Waker::wake);
        _ = tell.send(());
    });
    assert!(
        told.recv_timeout(LIMIT.get()).is_ok(),
        "{PROMISE}: {LIMIT:?} later, another thread still wakes {TASKS} tasks"
    );
    driver.block_on(async {
        for task in tasks {
            gives(PROMISE, "woken meanwhile, one", runtime, task, ()).await;
        }
    });
}

/// A wake-up does not poll the task: the code that wakes may hold a lock that the task takes.
pub async fn a_wake_polls_nothing<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a wake polls nothing";

    /// Whether a task is polled in the call that wakes it.
    async fn is_polled<R: Runtime>(runtime: R) -> bool {
        let (wakers, waking) = (Slot::new(), Arc::new(Mutex::new(None)));
        let polled = Witness::default();
        let (give, now, see) = (wakers.clone(), Arc::clone(&waking), polled.clone());
        let task = runtime.spawn(poll_fn(move |cx| {
            let here = thread::current().id();
            if *now.lock().unwrap_or_else(PoisonError::into_inner) == Some(here) {
                see.see();
            }
            give.put(cx.waker().clone());
            Poll::<()>::Pending
        }));
        let waker = wakers.taken().await;
        // That poll is over, most of the time.
        runtime.sleep(Duration::from_millis(2)).await;
        let is_waking = |is: bool| {
            let here = is.then(|| thread::current().id());
            *waking.lock().unwrap_or_else(PoisonError::into_inner) = here;
        };
        is_waking(true);
        waker.wake();
        is_waking(false);
        drop(AbortOnDrop::new(task));
        polled.seen()
    }

    let in_a_task = runtime.spawn(is_polled(runtime.clone()));
    let in_a_task = within(runtime, in_a_task).await;
    let in_block_on = within(runtime, is_polled(runtime.clone())).await;
    assert!(
        in_block_on == Some(false) && matches!(in_a_task, Some(Ok(false))),
        "{PROMISE}: whether it did, in `block_on`: {in_block_on:?}, in a task: {in_a_task:?}"
    );
}

/// A task that has begun, its waker, and what tells it to end.
pub(crate) async fn idle_task<R: Runtime>(
    runtime: &R,
    promise: &str,
) -> (R::Task<()>, Waker, Witness) {
    let (idle, waker, over) = Idle::new();
    let task = runtime.spawn(idle);
    let Some(waker) = within(runtime, waker.taken()).await else {
        panic!("{promise}: it has not begun within {LIMIT:?}");
    };
    (task, waker, over)
}
