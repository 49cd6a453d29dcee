//! What the handle of a task gives.

use std::any::Any;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;

use dormouse_core::{JoinError, Sleeper, Task};

use crate::limit::{LIMIT, eventually, within};
use crate::panics::{caught, said};

/// The result of a task, within the limit.
pub(crate) async fn join<S: Sleeper, T>(
    sleeper: &S,
    promise: &str,
    task: impl Future<Output = Result<T, JoinError>>,
) -> Result<T, JoinError> {
    let result = within(sleeper, task).await;
    result.unwrap_or_else(|| panic!("{promise}: the handle has not resolved within {LIMIT:?}"))
}

/// Waits until a task has ended.
pub(crate) async fn has_ended<S: Sleeper, H: Task>(promise: &str, sleeper: &S, task: &mut H) {
    assert!(
        eventually(sleeper, || task.is_finished()).await,
        "{promise}: a task has not ended within {LIMIT:?}"
    );
}

/// Checks that a task gives this value within the limit.
pub(crate) async fn gives<S: Sleeper, T: fmt::Debug + PartialEq>(
    promise: &str,
    who: &str,
    sleeper: &S,
    task: impl Future<Output = Result<T, JoinError>>,
    expected: T,
) {
    let result = within(sleeper, task).await;
    assert!(
        matches!(&result, Some(Ok(value)) if *value == expected),
        "{promise}: {who} gave {result:?} for {expected:?} within {LIMIT:?}"
    );
}

pub(crate) fn is_cancelled<T>(promise: &str, result: Result<T, JoinError>) {
    match result {
        Ok(_) => panic!("{promise}: its handle gave a value"),
        Err(error) => assert!(
            error.is_cancelled() && !error.is_panic(),
            "{promise}: its handle gave {error:?}"
        ),
    }
}

/// The payload that a handle gives; the handle itself must not panic.
pub(crate) async fn payload<S: Sleeper, H: Task<Value = ()>>(
    promise: &str,
    sleeper: &S,
    mut task: H,
) -> Box<dyn Any + Send> {
    let join = poll_fn(|cx| {
        let poll = caught(|| Pin::new(&mut task).poll(cx));
        poll.unwrap_or_else(|_| panic!("{promise}: it panicked in the one who awaits it instead"))
    });
    match within(sleeper, join).await {
        None => panic!("{promise}: the handle has not resolved within {LIMIT:?}"),
        Some(Ok(())) => panic!("{promise}: the handle gave a value"),
        Some(Err(error)) => {
            assert!(
                error.is_panic() && !error.is_cancelled(),
                "{promise}: it gave {error:?}"
            );
            error.into_panic()
        }
    }
}

/// Checks that a task gives a panic with this payload, of this type.
pub(crate) async fn panics_with<S, H, T>(promise: &str, sleeper: &S, task: H, expected: T)
where
    S: Sleeper,
    H: Task<Value = ()>,
    T: fmt::Debug + PartialEq + 'static,
{
    let payload = payload(promise, sleeper, task).await;
    let found = payload.downcast_ref::<T>();
    assert!(
        found == Some(&expected),
        "{promise}: its payload was {found:?} for {expected:?}, or else {:?}",
        said(&*payload)
    );
}
