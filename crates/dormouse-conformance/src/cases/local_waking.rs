//! Local tasks and other threads: they stay on theirs, and are woken by others.

use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, Task};

use crate::clock::passes_by_itself;
use crate::limit::within;
use crate::on_drop::OnDrop;
use crate::panics::elsewhere;
use crate::results::gives;
use crate::witness::Signal;

const SHORT: Duration = Duration::from_millis(5);

/// A waker of a local task can be sent to another thread and woken there: while the runtime's own
/// thread is busy, and while it waits.
pub fn a_local_task_can_be_woken_by_another_thread<R, B>(runtime: &R, driver: &B)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
    B: BlockOn,
{
    const PROMISE: &str = "a local task can be woken by another thread";
    driver.block_on(async {
        let (signal, waiting) = <(Signal, Signal)>::default();
        let (told, waits) = (signal.clone(), waiting.clone());
        let task = runtime.spawn_local(async move {
            let mut told = Box::pin(told.told());
            poll_fn(|cx| {
                let poll = told.as_mut().poll(cx);
                waits.tell();
                poll
            })
            .await;
        });
        assert!(
            within(runtime, waiting.told()).await.is_some(),
            "{PROMISE}: it has not begun"
        );
        let woken = elsewhere(|| signal.tell());
        assert!(woken.is_ok(), "{PROMISE}: `wake` panicked: {woken:?}");
        gives(
            PROMISE,
            "its waker woken there, its handle",
            runtime,
            task,
            (),
        )
        .await;

        if !passes_by_itself(runtime) {
            // Virtual time does not wait for a thread that it does not know.
            return;
        }
        let signal = Signal::default();
        let told = signal.clone();
        let task = runtime.spawn_local(async move { told.told().await });
        let other = thread::spawn(move || {
            // So that the runtime is idle by then, most of the time.
            thread::sleep(Duration::from_millis(5));
            signal.tell();
        });
        let who = "its waker woken there while the runtime waits, its handle";
        gives(PROMISE, who, runtime, task, ()).await;
        _ = other.join();
    });
}

/// A local task is polled and dropped on its thread.
pub async fn a_local_task_stays_on_its_thread<R>(runtime: &R)
where
    R: Sleeper<Sleep: 'static> + LocalSpawner,
{
    const PROMISE: &str = "a local task stays on its thread";
    let threads = Rc::new(RefCell::new(Vec::new()));
    for aborted in [false, true] {
        let (seen, there) = (Rc::clone(&threads), Rc::clone(&threads));
        let dropped = OnDrop::new(move || there.borrow_mut().push(thread::current().id()));
        let sleep = runtime.sleep(SHORT);
        let mut task = runtime.spawn_local(async move {
            seen.borrow_mut().push(thread::current().id());
            sleep.await;
            seen.borrow_mut().push(thread::current().id());
            if aborted {
                pending::<()>().await;
            }
            dropped
        });
        if aborted {
            runtime.sleep(2 * SHORT).await;
            task.abort();
        }
        drop(within(runtime, task).await);
    }
    let elsewhere = (threads.borrow().iter())
        .filter(|&&there| there != thread::current().id())
        .count();
    assert!(
        elsewhere == 0 && threads.borrow().len() >= 5,
        "{PROMISE}: of {} polls and drops, {elsewhere} were elsewhere",
        threads.borrow().len()
    );
}
