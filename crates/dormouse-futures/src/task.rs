//! The handle of a task.

dormouse_core::remote_task! {
    /// The handle of a task on an executor of futures.
    ///
    /// futures' own handle cancels its task when dropped, and resumes the task's panic in the code
    /// that awaits it. This one does neither.
    pub struct FuturesTask;
}
