//! The handle of a task.

use dormouse_core::adapter::{blocking, blocking_thread};

dormouse_core::remote_task! {
    /// The handle of a task on an executor of futures.
    ///
    /// futures' own handle cancels its task when dropped, and resumes the task's panic in the code
    /// that awaits it. This one does neither.
    pub struct FuturesTask;
}

impl<T: Send + 'static> FuturesTask<T> {
    /// A closure on a thread of its own, or cancelled because its runtime is gone.
    pub(crate) fn of_closure(closure: impl FnOnce() -> T + Send + 'static, gone: bool) -> Self {
        Self::new(if gone {
            let (run, task) = blocking(closure);
            drop(run);
            task
        } else {
            blocking_thread(closure)
        })
    }
}
