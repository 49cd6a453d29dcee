//! The handle of a task.

dormouse_core::remote_task! {
    /// The handle of a task in a browser.
    ///
    /// It keeps the contract of [`Task`](dormouse_core::Task). If panics abort, as they do by
    /// default on this target, there is no error for a panic: it ends the whole module.
    pub struct WebTask;
}
