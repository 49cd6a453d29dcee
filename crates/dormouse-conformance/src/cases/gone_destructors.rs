//! What the destructors of tasks can do when their runtime goes.

use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Sleeper, Spawner, Task};

use crate::ending::{ends_by_wakes, is_cancelled, result_of, soon};
use crate::limit::{LIMIT, eventually};
use crate::panics::caught;
use crate::witness::Witness;

/// A destructor that spawns a task when the runtime goes neither hangs nor panics, and that task is
/// cancelled.
pub fn a_destructor_can_spawn_when_the_runtime_goes<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a destructor can spawn when the runtime goes";

    type Spawned<R> = Arc<Mutex<Vec<Result<<R as Spawner>::Task<()>, String>>>>;

    struct Spawns<R: Runtime>(R, Spawned<R>);

    impl<R: Runtime> Drop for Spawns<R> {
        fn drop(&mut self) {
            let spawned = caught(|| self.0.spawn(pending()));
            let mut all = self.1.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(spawned);
        }
    }

    let outside = caught(|| drop(runtime.spawn(async {})));
    let spawned = Spawned::<R>::default();
    driver.block_on(async {
        let begun = Witness::default();
        let spawn = || {
            let (spawns, see) = (Spawns(runtime.clone(), spawned.clone()), begun.clone());
            let task = runtime.spawn(async move {
                let _spawns = spawns;
                see.see();
                pending::<()>().await;
            });
            task.detach();
        };
        spawn();
        assert!(
            eventually(&runtime, || begun.seen()).await,
            "{PROMISE}: a task has not begun"
        );
        spawn();
    });
    drop((driver, runtime));
    let count = || spawned.lock().unwrap_or_else(PoisonError::into_inner).len();
    assert!(
        soon(|| count() == 2),
        "{PROMISE}: {LIMIT:?} after it, of 2 destructors {} are over",
        count()
    );
    let all = std::mem::take(&mut *spawned.lock().unwrap_or_else(PoisonError::into_inner));
    for spawned in all {
        match spawned {
            Ok(mut task) => is_cancelled(PROMISE, result_of(PROMISE, &mut task)),
            // It needs a context, and has none there.
            Err(_) if outside.is_err() => {}
            Err(words) => panic!("{PROMISE}: `spawn` panicked: {words}"),
        }
    }
}

/// When the runtime goes, the destructors of its tasks can wake and abort its other tasks: a sender
/// wakes who receives, and `AbortOnDrop` aborts.
pub fn destructors_can_wake_and_abort_when_the_runtime_goes<R: Runtime, B: BlockOn>(
    runtime: R,
    driver: B,
) {
    const PROMISE: &str = "destructors can wake and abort when the runtime goes";

    /// Wakes, aborts and asks when it is dropped, and then says that it has not panicked.
    struct Meddles<H: Task>(Vec<Waker>, Option<H>, Witness);

    impl<H: Task> Drop for Meddles<H> {
        fn drop(&mut self) {
            let meddled = caught(|| {
                self.0.drain(..).for_each(Waker::wake);
                if let Some(other) = &mut self.1 {
                    other.abort();
                    let _ = other.is_finished();
                }
            });
            if meddled.is_ok() {
                self.2.see();
            }
        }
    }

    const TASKS: usize = 8;
    let (wakers, fine) = (
        Arc::new(Mutex::new(Vec::<Waker>::new())),
        Witness::default(),
    );
    let meddling = driver.block_on(async {
        let idle = || {
            let mut wakers = Some(Arc::clone(&wakers));
            runtime.spawn(poll_fn(move |cx| {
                // Once, as a poll that nobody asked for is allowed.
                if let Some(wakers) = wakers.take() {
                    let mut all = wakers.lock().unwrap_or_else(PoisonError::into_inner);
                    all.push(cx.waker().clone());
                }
                Poll::<()>::Pending
            }))
        };
        let idle: Vec<_> = (0..TASKS).map(|_| idle()).collect();
        let count = || wakers.lock().unwrap_or_else(PoisonError::into_inner).len();
        assert!(
            eventually(&runtime, || count() == TASKS).await,
            "{PROMISE}: the tasks have not begun"
        );
        let all = wakers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let begun = Witness::default();
        let tasks: Vec<_> = (idle.into_iter())
            .map(|other| {
                let meddles = Meddles(all.clone(), Some(other), fine.clone());
                let see = begun.clone();
                runtime.spawn(async move {
                    let _meddles = meddles;
                    see.see();
                    pending::<()>().await;
                })
            })
            .collect();
        assert!(
            eventually(&runtime, || begun.times() == TASKS).await,
            "{PROMISE}: the others have not begun"
        );
        tasks
    });
    // If it is locked in there, this hangs: the watchdog reports it.
    drop((driver, runtime));
    for mut task in meddling {
        is_cancelled(PROMISE, result_of(PROMISE, &mut task));
    }
    assert!(
        fine.times() == TASKS,
        "{PROMISE}: of {TASKS} destructors that do, {} have not panicked",
        fine.times()
    );
}

/// A destructor that sleeps when the runtime goes neither hangs nor panics, and that sleep ends.
pub fn a_destructor_can_sleep_when_the_runtime_goes<R: Runtime, B: BlockOn>(runtime: R, driver: B) {
    const PROMISE: &str = "a destructor can sleep when the runtime goes";

    type Sleeps<R> = Arc<Mutex<Vec<Result<Pin<Box<<R as Sleeper>::Sleep>>, String>>>>;

    struct MakesOne<R: Runtime>(R, Sleeps<R>, Witness);

    impl<R: Runtime> Drop for MakesOne<R> {
        fn drop(&mut self) {
            let made = caught(|| {
                let mut dropped = Box::pin(self.0.sleep(Duration::from_secs(3_600)));
                let _ = Witness::default().poll(&mut dropped);
                let mut kept = Box::pin(self.0.sleep(Duration::from_millis(5)));
                let _ = self.2.poll(&mut kept);
                kept
            });
            let mut all = self.1.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(made);
        }
    }

    let outside = caught(|| drop(runtime.sleep(Duration::ZERO)));
    let (made, woken) = (Sleeps::<R>::default(), Witness::default());
    driver.block_on(async {
        let begun = Witness::default();
        let (one, see) = (
            MakesOne(runtime.clone(), Arc::clone(&made), woken.clone()),
            begun.clone(),
        );
        let task = runtime.spawn(async move {
            let _one = one;
            see.see();
            pending::<()>().await;
        });
        task.detach();
        assert!(
            eventually(&runtime, || begun.seen()).await,
            "{PROMISE}: a task has not begun"
        );
    });
    drop((driver, runtime));
    let take = || made.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut sleep = None;
    assert!(
        soon(|| {
            sleep = take();
            sleep.is_some()
        }),
        "{PROMISE}: {LIMIT:?} after it, the destructor is not over"
    );
    match sleep {
        Some(Ok(mut sleep)) => {
            let ended =
                caught(|| woken.poll(&mut sleep).is_ready() || ends_by_wakes(&woken, &mut sleep));
            match ended {
                Ok(true) => {}
                Ok(false) => panic!("{PROMISE}: that sleep has not ended within {LIMIT:?}"),
                Err(words) => panic!("{PROMISE}: that sleep panicked: {words}"),
            }
        }
        // It needs a context, and has none there.
        Some(Err(_)) if outside.is_err() => {}
        Some(Err(words)) => panic!("{PROMISE}: `sleep` panicked: {words}"),
        None => {}
    }
}
