//! Wake-ups of local tasks from other threads.

use std::future::{Future, poll_fn};
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper};

use crate::cases::waking::elsewhere;
use crate::clock::passes_by_itself;
use crate::limit::{LIMIT, within};
use crate::witness::Signal;

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
        let ended = within(runtime, task).await;
        assert!(
            matches!(ended, Some(Ok(()))),
            "{PROMISE}: {LIMIT:?} after its waker was woken there, its handle gave {ended:?}"
        );

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
        let ended = within(runtime, task).await;
        assert!(
            matches!(ended, Some(Ok(()))),
            "{PROMISE}: while the runtime waits, its waker was woken there, and {LIMIT:?} later its handle \
             gave {ended:?}"
        );
        _ = other.join();
    });
}
