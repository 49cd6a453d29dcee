//! The output of a task whose handle was dropped while there was an abort handle.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll};

use dormouse_core::adapter::is_in_destructor;
use dormouse_core::{JoinError, Task, abortable};

/// The handle of a task that ends just after `is_finished` was asked.
struct EndsJustThen(Arc<AtomicBool>);

/// Its output, whose destructor asks whether it may block.
struct Output(Arc<AtomicBool>);

impl Drop for Output {
    fn drop(&mut self) {
        self.0.store(is_in_destructor(), SeqCst);
    }
}

impl Future for EndsJustThen {
    type Output = Result<Output, JoinError>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(Output(Arc::clone(&self.0))))
    }
}

impl Task for EndsJustThen {
    type Value = Output;

    fn abort(&mut self) {}

    fn is_finished(&mut self) -> bool {
        false
    }
}

/// `BlockOn` refuses to block there: it may be a thread of the runtime.
#[test]
fn the_destructor_of_an_output_that_nobody_takes_is_the_task_s() {
    let in_destructor = Arc::new(AtomicBool::new(false));
    let (task, _abort) = abortable(EndsJustThen(Arc::clone(&in_destructor)));
    drop(task);
    assert!(in_destructor.load(SeqCst));
}
