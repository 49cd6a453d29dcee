//! Timeouts, to the nanosecond.

use std::future::{pending, ready};
use std::io;
use std::task::Poll;
use std::time::Duration;

use dormouse_core::{Sleeper, timeout, timeout_at};

use crate::mock::{Mock, Root};

const MS: Duration = Duration::from_millis(1);

#[test]
fn a_limit_is_over_at_its_deadline_and_not_before() {
    let mock = Mock::new();
    let mut root = Root::new(timeout(&mock, 10 * MS, pending::<()>()));
    mock.advance(3 * MS);
    assert!(root.poll().is_pending());
    mock.advance(7 * MS - Duration::from_nanos(1));
    assert!(root.poll().is_pending());
    assert!(mock.due().is_empty());
    let error = root.finish(&mock).unwrap_err();
    assert_eq!(error.to_string(), "timed out");
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::TimedOut);
    assert_eq!(mock.time(), 10 * MS, "it counts from the call");
}

#[test]
fn what_becomes_a_future_can_be_limited() {
    struct Request;

    impl IntoFuture for Request {
        type Output = u32;
        type IntoFuture = std::future::Ready<u32>;

        fn into_future(self) -> Self::IntoFuture {
            ready(42)
        }
    }

    let mock = Mock::new();
    assert_eq!(
        Root::new(timeout(&mock, MS, Request)).poll(),
        Poll::Ready(Ok(42))
    );
    let deadline = mock.now() + MS;
    assert_eq!(
        Root::new(timeout_at(&mock, deadline, Request)).poll(),
        Poll::Ready(Ok(42))
    );
}

#[test]
fn a_future_that_is_ready_when_the_time_is_over_wins() {
    let mock = Mock::new();
    let mut root = Root::new(timeout(&mock, 10 * MS, mock.sleep(10 * MS)));
    assert!(root.poll().is_pending());
    mock.advance(10 * MS);
    mock.due()
        .into_iter()
        .for_each(|sleep| drop(mock.fire(sleep)));
    assert_eq!(root.poll(), Poll::Ready(Ok(())));
    drop(root);
    assert_eq!(mock.live_sleeps(), 0);

    let past = mock.now();
    mock.advance(MS);
    assert_eq!(
        Root::new(timeout_at(&mock, past, ready(42))).finish(&mock),
        Ok(42)
    );
    let over = Root::new(timeout_at(&mock, past, pending::<()>())).poll();
    assert!(matches!(over, Poll::Ready(Err(_))));
}

#[test]
fn steps_may_share_a_deadline_and_a_future_may_outlive_its_limit() {
    let mock = Mock::new();
    let deadline = mock.now() + 10 * MS;
    let both = async {
        timeout_at(&mock, deadline, mock.sleep(6 * MS)).await?;
        timeout_at(&mock, deadline, mock.sleep(6 * MS)).await
    };
    assert!(Root::new(both).finish(&mock).is_err());
    assert_eq!(mock.time(), 10 * MS);

    let mut work = Box::pin(mock.sleep(5 * MS));
    assert!(
        Root::new(timeout(&mock, MS, &mut work))
            .finish(&mock)
            .is_err()
    );
    assert_eq!(
        Root::new(timeout(&mock, 10 * MS, work)).finish(&mock),
        Ok(())
    );
    assert_eq!(mock.time(), 15 * MS);
}

#[test]
fn a_dropped_limit_leaves_nothing() {
    let mock = Mock::new();
    let mut root = Root::new(timeout(&mock, Duration::MAX, mock.sleep(Duration::MAX)));
    assert!(root.poll().is_pending());
    assert_eq!(mock.live_sleeps(), 2);
    drop(root);
    assert_eq!(mock.live_sleeps(), 0);
}

#[test]
fn a_timeout_gives_its_future_back() {
    let mock = Mock::new();
    let mut limited = timeout(&mock, MS, ready(42));
    let _: &std::future::Ready<i32> = limited.get_ref();
    *limited.get_mut() = ready(43);
    assert_eq!(Root::new(limited.into_inner()).finish(&mock), 43);
}
