//! The handle of a task.

dormouse_core::remote_task! {
    /// The handle of a task that is a thread.
    pub struct ThreadsTask;
}
