//! Destructors of futures and outputs that abort and spawn.

use std::future::poll_fn;
use std::panic::panic_any;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use dormouse_core::{AbortOnDrop, JoinError, Runtime, Task};

use crate::bystanders::others_run;
use crate::endless::{endless, have_begun, keeping, never_ends};
use crate::limit::{LIMIT, eventually};
use crate::on_drop::OnDrop;
use crate::results::{is_cancelled, join};
use crate::witness::Witness;

/// The destructor of a task's future can abort other tasks and spawn new ones, when the task is
/// aborted: the runtime holds no lock then.
pub async fn a_destructor_can_abort_and_spawn<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a destructor can abort and spawn";
    let (begun, child_dropped, spawned_ran) = <(Witness, Witness, Witness)>::default();
    let child = endless(runtime, &Witness::default(), &child_dropped);
    let (inside, ran) = (runtime.clone(), spawned_ran.clone());
    let spawns = OnDrop::new(move || {
        let sleep = inside.sleep(Duration::from_millis(1));
        let run = async move {
            sleep.await;
            ran.see();
        };
        inside.spawn(run).detach();
    });
    let kept = (AbortOnDrop::new(runtime.spawn(child)), spawns);
    let mut task = runtime.spawn(never_ends(kept, begun.clone()));
    have_begun(PROMISE, runtime, &begun, 1).await;
    task.abort();
    is_cancelled(PROMISE, join(runtime, PROMISE, task).await);
    assert!(
        eventually(runtime, || child_dropped.seen() && spawned_ran.seen()).await,
        "{PROMISE}: {LIMIT:?} later, the task that it aborts has ended: {}, and the one that it \
         spawns has run: {}",
        child_dropped.seen(),
        spawned_ran.seen()
    );
}

/// The destructor of a task's future can wake that task, which has ended: by a value, by a panic or by an
/// abort. So do channels that tell their receiver that the sender is gone.
pub async fn a_destructor_can_wake_its_own_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a destructor can wake its own task";
    // More than a runtime has threads.
    for number in 0..30 {
        let own = Arc::new(Mutex::new(None::<Waker>));
        let wakes = OnDrop::new({
            let own = Arc::clone(&own);
            move || {
                let waker = own.lock().unwrap_or_else(PoisonError::into_inner).take();
                waker.into_iter().for_each(Waker::wake);
            }
        });
        let begun = Witness::default();
        let see = begun.clone();
        let ends = poll_fn(move |cx| {
            *own.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
            see.see();
            match number % 3 {
                0 => Poll::Ready(()),
                1 => panic_any(number),
                _ => Poll::Pending,
            }
        });
        let mut task = runtime.spawn(keeping(wakes, ends));
        have_begun(PROMISE, runtime, &begun, 1).await;
        if number % 3 == 2 {
            task.abort();
        }
        let result = join(runtime, PROMISE, task).await;
        let is_its_own = match (number % 3, &result) {
            (0, Ok(())) => true,
            (1, Err(error)) => error.is_panic(),
            (_, result) => result.as_ref().is_err_and(JoinError::is_cancelled),
        };
        assert!(is_its_own, "{PROMISE}: number {number} gave {result:?}");
    }
    others_run(PROMISE, runtime).await;
}

/// The destructor of a task's future can abort other tasks and spawn new ones when the task ends by
/// itself, too: after a value and after a panic; and so can that of an output that nobody takes.
pub async fn a_destructor_can_abort_and_spawn_at_the_end<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a destructor can abort and spawn at the end";
    for how in ["ends", "panics", "gives it"] {
        let (ran, child_dropped) = <(Witness, Witness)>::default();
        let child = runtime.spawn(endless(runtime, &Witness::default(), &child_dropped));
        let (inside, see, child) = (runtime.clone(), ran.clone(), AbortOnDrop::new(child));
        let mut spawns = Some(OnDrop::new(move || {
            inside.spawn(async move { see.see() }).detach();
            drop(child);
        }));
        let ends = poll_fn(move |_| {
            assert!(how != "panics", "a future of the test panics");
            Poll::Ready((how == "gives it").then(|| spawns.take()))
        });
        runtime.spawn(ends).detach();
        // If it is locked in there, time may stand still: the watchdog reports it.
        assert!(
            eventually(runtime, || ran.seen() && child_dropped.seen()).await,
            "{PROMISE}: {LIMIT:?} after the end of one that {how}, the task that it aborts has ended: {}, and \
             the one that it spawns has run: {}",
            child_dropped.seen(),
            ran.seen()
        );
    }
}
