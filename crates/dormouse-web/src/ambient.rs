//! The browser as the ambient runtime.

use std::future::Future;
use std::pin::Pin;

use dormouse_core::adapter::remote;
use dormouse_core::{Instant, LocalSpawner, Sleeper};

use crate::{WebSleep, WebTask, local};

/// The event loop of this window or worker.
///
/// Its sleeps are `setTimeout`, its clock is `performance.now()`, and its tasks stay on their
/// thread. Nothing can block in a browser, so it does not implement
/// [`BlockOn`](dormouse_core::BlockOn).
///
/// # Panics
///
/// Outside of a window or a worker of a browser: polling a sleep panics if there is no
/// `setTimeout`, and `now` panics if there is no `performance`.
///
/// # Examples
///
/// ```
/// use dormouse_core::{LocalSpawner, Sleeper};
/// use dormouse_web::Web;
/// use std::{rc::Rc, time::Duration};
///
/// async fn greet() {
///     let name = Rc::new("dormouse"); // not `Send`
///     let task = Web.spawn_local(async move {
///         Web.sleep(Duration::from_millis(2)).await;
///         name.len()
///     });
///     assert_eq!(task.await.unwrap(), 8);
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Web;

impl Sleeper for Web {
    type Sleep = WebSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> WebSleep {
        WebSleep::until(deadline)
    }

    fn reset(&self, sleep: Pin<&mut WebSleep>, deadline: Instant) {
        sleep.reset(deadline);
    }
}

impl LocalSpawner for Web {
    type LocalTask<T: 'static> = WebTask<T>;

    fn spawn_local<F>(&self, future: F) -> WebTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (run, task) = remote(future);
        local::run(Box::pin(run));
        WebTask::new(task)
    }
}
