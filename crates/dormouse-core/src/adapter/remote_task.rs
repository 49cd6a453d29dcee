//! A macro for an adapter's own type of task handles, over [`RemoteTask`].
//!
//! [`RemoteTask`]: crate::adapter::RemoteTask

/// Defines the type of an adapter's task handles: it wraps a
/// [`RemoteTask`](crate::adapter::RemoteTask), so that the adapter can change its implementation
/// later.
///
/// # Examples
///
/// ```
/// use dormouse_core::adapter::remote;
///
/// dormouse_core::remote_task! {
///     /// The handle of a task on my runtime.
///     pub struct MyTask;
/// }
///
/// let (run, task) = remote(async { 42 });
/// let task = MyTask::new(task);
/// # futures::executor::block_on(run);
/// assert_eq!(futures::executor::block_on(task).unwrap(), 42);
/// ```
#[macro_export]
macro_rules! remote_task {
    ($(#[$attribute:meta])* $visibility:vis struct $name:ident;) => {
        $(#[$attribute])*
        #[derive(Debug)]
        #[must_use = "a dropped handle detaches its task: say `detach()`, await it, or wrap it in `AbortOnDrop`"]
        $visibility struct $name<T>($crate::adapter::RemoteTask<T>);

        impl<T> $name<T> {
            pub(crate) fn new(task: $crate::adapter::RemoteTask<T>) -> Self {
                $crate::adapter::spawned();
                Self(task)
            }
        }

        impl<T> ::core::future::Future for $name<T> {
            type Output = ::core::result::Result<T, $crate::JoinError>;

            fn poll(
                mut self: ::core::pin::Pin<&mut Self>,
                cx: &mut ::core::task::Context<'_>,
            ) -> ::core::task::Poll<Self::Output> {
                ::core::pin::Pin::new(&mut self.0).poll(cx)
            }
        }

        impl<T> $crate::Task for $name<T> {
            type Value = T;

            fn abort(&mut self) {
                $crate::Task::abort(&mut self.0);
            }

            fn is_finished(&mut self) -> bool {
                $crate::Task::is_finished(&mut self.0)
            }
        }
    };
}
