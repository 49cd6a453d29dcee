//! The handle of a task.

dormouse_core::remote_task! {
    /// The handle of a task on compio.
    ///
    /// compio's own handle cancels its task when dropped. This one does not.
    pub struct CompioTask;
}
