//! Handles that are used while their task is polled, or as it ends.

use std::hint;
use std::panic::panic_any;
use std::task::Poll;
use std::time::{Duration, Instant};

use dormouse_core::{Runtime, Task};

use crate::limit::{LIMIT, eventually, within};
use crate::panics::elsewhere;
use crate::witness::{Slot, Witness};

/// A handle can be asked, polled and dropped by another thread while its task is polled: none of that
/// waits for the poll. The task goes on, or ends in that poll, by a value or by a panic, and what it had
/// and gave is dropped.
pub async fn a_handle_can_be_dropped_during_a_poll<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "a handle can be dropped during a poll";
    // More than a runtime has threads, and more tasks after them.
    for number in 0..12 {
        let (handle, used) = (Slot::new(), Slot::new());
        let (future, output, ran) = <(Witness, Witness, Witness)>::default();
        let sleep = runtime.sleep(Duration::from_millis(2));
        let task = runtime.spawn({
            let (handle, used) = (handle.clone(), used.clone());
            let (kept, gives, ran) = (future.of_drop(), output.of_drop(), ran.clone());
            async move {
                let _kept = kept;
                let mut task: R::Task<_> = handle.taken().await;
                let used_it = elsewhere(move || {
                    let over = task.is_finished() || Witness::default().poll(&mut task).is_ready();
                    drop(task);
                    over
                });
                used.put(used_it);
                match number % 3 {
                    0 => {}
                    1 => panic_any(number),
                    _ => sleep.await,
                }
                ran.see();
                gives
            }
        });
        handle.put(task);
        let over = within(runtime, used.taken()).await;
        assert!(
            over == Some(Ok(false)),
            "{PROMISE}: used by another thread, whether the task was over: {over:?} within {LIMIT:?}"
        );
        let dropped = eventually(runtime, || future.seen() && output.seen()).await;
        let times = (future.times(), output.times());
        assert!(
            dropped && times == (1, 1),
            "{PROMISE}: number {number}: its future and its output were dropped {times:?} times"
        );
        assert!(
            ran.seen() == (number % 3 != 1),
            "{PROMISE}: number {number}: whether it came to its end: {}",
            ran.seen()
        );
    }
}

/// Tasks that end at the moment in which their handles are polled wake whoever awaits them: thousands,
/// each a little later in that poll.
pub async fn many_ends_are_not_lost<R: Runtime>(runtime: &R) {
    const PROMISE: &str = "many ends are not lost";
    let (start, most, mut run_beside) = (Instant::now(), LIMIT.get() / 4, false);
    for number in 0..10_000 {
        // Where the tasks do not run meanwhile, there is no such moment.
        if start.elapsed() > most || number == 20 && !run_beside {
            break;
        }
        let begun = Witness::default();
        let see = begun.clone();
        let mut task = runtime.spawn(async move {
            see.see();
            spin(number % 100 * 2);
        });
        let spawned = Instant::now();
        while !begun.seen() && spawned.elapsed() < Duration::from_micros(500) {
            spin(1);
        }
        run_beside |= begun.seen();
        let woken = Witness::default();
        let first = woken.poll(&mut task);
        if first.is_pending() {
            while !woken.seen() && spawned.elapsed() < Duration::from_millis(1) {
                spin(1);
            }
            assert!(
                eventually(runtime, || woken.seen()).await,
                "{PROMISE}: number {number}, polled as it ended, has woken nobody within {LIMIT:?}"
            );
        }
        let ended = match first {
            Poll::Ready(result) => Some(result),
            Poll::Pending => within(runtime, task).await,
        };
        assert!(
            matches!(ended, Some(Ok(()))),
            "{PROMISE}: number {number} gave {ended:?} within {LIMIT:?}"
        );
    }
}

fn spin(times: u32) {
    (0..times).for_each(|_| hint::spin_loop());
}
