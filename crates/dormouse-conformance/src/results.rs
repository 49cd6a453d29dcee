//! What the handle of a task gives.

use std::fmt;
use std::future::Future;

use dormouse_core::{JoinError, Sleeper};

use crate::limit::{LIMIT, within};

/// The result of a task, within the limit.
pub(crate) async fn join<S: Sleeper, T>(
    sleeper: &S,
    promise: &str,
    task: impl Future<Output = Result<T, JoinError>>,
) -> Result<T, JoinError> {
    let result = within(sleeper, task).await;
    result.unwrap_or_else(|| panic!("{promise}: the handle has not resolved within {LIMIT:?}"))
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
