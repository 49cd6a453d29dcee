//! Panics in unexpected places: in destructors and in wakers.

use std::future::ready;
use std::panic::panic_any;
use std::thread;
use std::time::Duration;

use dormouse_core::{Runtime, Task};

use crate::bystanders::others_run;
use crate::endless::{have_begun, keeping, never_ends};
use crate::limit::{LIMIT, eventually, within};
use crate::on_drop::OnDrop;
use crate::panics::caught;
use crate::results::{has_ended, panics_with};
use crate::witness::{Bomb, Slot, Witness};

/// A panic in the destructor of an aborted task's future is the panic of the task, whether or not its
/// handle was polled before, and the next tasks run.
pub async fn a_destructor_that_panics_on_abort_is_the_panic_of_the_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a destructor that panics on abort is the panic of the task";
    for begun in [false, true] {
        for number in 0..10 {
            let seen = Witness::default();
            let mut task = runtime.spawn(never_ends(Bomb(number), seen.clone()));
            if begun {
                have_begun(PROMISE, runtime, &seen, 1).await;
            }
            if number % 2 == 0 {
                let poll = seen.poll(&mut task);
                assert!(poll.is_pending(), "{PROMISE}: it gave {poll:?} before");
            }
            task.abort();
            panics_with(PROMISE, runtime, task, number).await;
        }
    }
    others_run(PROMISE, runtime).await;
}

/// A panic in the destructor of a future that has ended is the panic of the task, and harms no
/// other one if the task is detached.
pub async fn a_destructor_that_panics_at_the_end_is_the_panic_of_the_task<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a destructor that panics at the end is the panic of the task";
    let dropped = Witness::default();
    // Ends at its first poll, and is dropped then.
    let ends = |number| keeping((Bomb(number), dropped.of_drop()), ready(()));
    for number in 0..10 {
        let task = runtime.spawn(ends(number));
        panics_with(PROMISE, runtime, task, number).await;
        runtime.spawn(ends(number)).detach();
    }
    assert!(
        eventually(runtime, || dropped.times() == 20).await,
        "{PROMISE}: of 20 such futures, {} have been dropped within {LIMIT:?}",
        dropped.times()
    );
    others_run(PROMISE, runtime).await;
}

/// Of a panic in a poll and one in the destructor after it, the first is the one that counts, even
/// if the task is aborted in that poll.
pub async fn the_first_panic_is_the_one_that_counts<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "the first panic is the one that counts";
    for number in 0..10 {
        let (handle, back) = (Slot::new(), Slot::new());
        let (own, give_back) = (handle.clone(), back.clone());
        let first = async move {
            let mut task: R::Task<()> = own.taken().await;
            if number % 2 == 1 {
                task.abort();
            }
            give_back.put(task);
            panic_any(1_u32)
        };
        let unwound = Witness::default();
        let sees = unwound.clone();
        let panics_again = OnDrop::new(move || {
            // This panic would end the process if that of the poll still unwinds.
            if thread::panicking() {
                sees.see();
            } else {
                panic_any(2_u32);
            }
        });
        handle.put(runtime.spawn(keeping(panics_again, first)));
        let Some(task) = within(runtime, back.taken()).await else {
            panic!("{PROMISE}: the task has not come to its panic within {LIMIT:?}");
        };
        panics_with(PROMISE, runtime, task, 1_u32).await;
        assert!(
            !unwound.seen(),
            "{PROMISE}: the future was dropped while the panic of its poll unwound, so a panic of \
             its destructor would end the process"
        );
    }
    others_run(PROMISE, runtime).await;
}

/// An output that is not taken, and whose destructor panics, harms no other task: the task was
/// detached, or its handle was dropped before the end or aborted after it.
pub async fn an_output_that_panics_harms_nobody<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "an output that panics harms nobody";
    let ended = Witness::default();
    for number in 0..10 {
        let seen = ended.of_drop();
        runtime.spawn(async move { (Bomb(number), seen) }).detach();
        let (sleep, seen) = (runtime.sleep(Duration::from_millis(2)), ended.of_drop());
        drop(runtime.spawn(async move {
            sleep.await;
            (Bomb(number), seen)
        }));
    }
    assert!(
        eventually(runtime, || ended.times() == 20).await,
        "{PROMISE}: of 20 outputs, {} have been dropped within {LIMIT:?}",
        ended.times()
    );
    others_run(PROMISE, runtime).await;
}

/// The handle of a task that has ended is dropped without a panic, though its output's destructor
/// panics.
pub async fn a_finished_handle_is_dropped_without_a_panic<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a finished handle is dropped without a panic";
    for aborted in [false, true] {
        let ended = Witness::default();
        let seen = ended.of_drop();
        let mut task = runtime.spawn(async move { (Bomb(1), seen) });
        has_ended(PROMISE, runtime, &mut task).await;
        let dropped = caught(|| {
            if aborted {
                task.abort();
            }
            drop(task);
        });
        if let Err(words) = dropped {
            panic!("{PROMISE}: its drop panicked: {words}");
        }
        assert!(
            eventually(runtime, || ended.seen()).await,
            "{PROMISE}: {LIMIT:?} later its output has not been dropped"
        );
    }
    others_run(PROMISE, runtime).await;
}

/// The payload of a panic that is not taken, and whose destructor panics, harms no other task.
pub async fn a_payload_that_panics_harms_nobody<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a payload that panics harms nobody";
    let begun = Witness::default();
    for number in 0..10 {
        let see = begun.clone();
        let panics = async move {
            see.see();
            panic_any(Bomb(number))
        };
        let task = runtime.spawn(panics);
        if number % 2 == 0 {
            task.detach();
            continue;
        }
        // Dropped after the task has ended: this drop must not panic, either.
        let mut task = task;
        has_ended(PROMISE, runtime, &mut task).await;
        let dropped = caught(|| drop(task));
        assert!(dropped.is_ok(), "{PROMISE}: the drop of a handle panicked");
    }
    assert!(
        eventually(runtime, || begun.times() == 10).await,
        "{PROMISE}: of 10 tasks that panic, {} have run within {LIMIT:?}",
        begun.times()
    );
    others_run(PROMISE, runtime).await;
}
