//! What `is_finished` says, and when.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use dormouse_core::{BlockOn, Runtime, Task};

use crate::cases::handle::until;
use crate::limit::{LIMIT, eventually, within};
use crate::witness::{Slot, Witness};

const SHORT: Duration = Duration::from_millis(10);

/// `is_finished` is false before the end and true after it, and does not take the value.
pub fn is_finished_tells_the_end<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "is_finished tells the end";
    driver.block_on(async {
        let goal = Witness::default();
        let running = until(runtime.clone(), goal.clone());
        let mut task = runtime.spawn(async {
            running.await;
            42
        });
        for _ in 0..3 {
            assert!(
                !task.is_finished(),
                "{PROMISE}: it was true of a task that was running"
            );
            runtime.sleep(SHORT / 5).await;
        }
        goal.see();
        assert!(
            eventually(runtime, || task.is_finished()).await,
            "{PROMISE}: it was false of a task that had ended, for {LIMIT:?}"
        );
        assert!(
            task.is_finished(),
            "{PROMISE}: asked once more, it was false again"
        );
        let result = Witness::default().poll(&mut task);
        assert!(
            matches!(result, Poll::Ready(Ok(42))),
            "{PROMISE}: polled then, the handle gave {result:?} for 42"
        );
    });
}

/// `is_finished` keeps the waker of the task that awaits the handle.
pub fn is_finished_keeps_the_waker<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "is_finished keeps the waker";
    driver.block_on(async {
        let (goal, woken) = (Witness::default(), Witness::default());
        let mut task = runtime.spawn(until(runtime.clone(), goal.clone()));
        assert!(
            woken.poll(&mut task).is_pending(),
            "{PROMISE}: the task ended too soon"
        );
        for _ in 0..3 {
            let _ = task.is_finished();
        }
        goal.see();
        assert!(
            eventually(runtime, || woken.seen()).await,
            "{PROMISE}: polled, then asked, its end woke nobody within {LIMIT:?}"
        );
    });
}

/// If `is_finished` is true, a poll of the handle is ready, even while the task's future is being
/// dropped at its end.
pub fn a_task_that_is_finished_is_ready<R: Runtime, B: BlockOn>(runtime: &R, driver: &B) {
    const PROMISE: &str = "a task that is finished is ready";

    /// A future whose destructor asks for the handle of its task.
    struct Ends<F, H: Task> {
        begun: Pin<Box<F>>,
        handle: Slot<H>,
        asked: Slot<(bool, bool)>,
    }

    impl<F: Future<Output = ()>, H: Task> Future for Ends<F, H> {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            self.begun.as_mut().poll(cx)
        }
    }

    impl<F, H: Task> Drop for Ends<F, H> {
        fn drop(&mut self) {
            if let Some(mut task) = self.handle.take() {
                let is_finished = task.is_finished();
                let is_ready = Witness::default().poll(&mut task).is_ready();
                self.asked.put((is_finished, is_ready));
            }
        }
    }

    driver.block_on(async {
        let (begin, handle, asked) = (Slot::new(), Slot::new(), Slot::new());
        let begun = begin.clone();
        let task = runtime.spawn(Ends {
            begun: Box::pin(async move { begun.taken().await }),
            handle: handle.clone(),
            asked: asked.clone(),
        });
        handle.put(task);
        begin.put(());
        let answers = within(runtime, asked.taken()).await;
        let (is_finished, is_ready) = answers
            .unwrap_or_else(|| panic!("{PROMISE}: {LIMIT:?} later it has not ended, or not said"));
        assert!(
            is_ready || !is_finished,
            "{PROMISE}: asked by the destructor of its future, `is_finished` was true, and the \
             handle was pending"
        );
    });
}
