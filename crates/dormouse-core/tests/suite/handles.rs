//! Handles, errors, and the traits through pointers and functions.

use std::any::Any;
use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::Poll;
use std::time::{Duration, Instant};

use dormouse_core::adapter::{Contained, Outcome, Settling};
use dormouse_core::{
    AbortOnDrop, BlockOn, Coalesced, JoinError, MeasureError, Sleeper, Spawner, Task,
    measure_time_with, sleeper_fn, task_wait_random_with, wait_n_with, wait_random_with,
};
use dormouse_smol::Smol;

use crate::mock::{Kept, Mock, MockSleep, Root};

#[test]
fn abort_on_drop_ends_its_task() {
    let mock = Mock::new();
    let task = AbortOnDrop::new(mock.spawn(mock.sleep(Duration::MAX)));
    mock.run_all();
    assert_eq!((mock.live_tasks(), mock.live_sleeps()), (1, 1));
    drop(task);
    mock.run_all();
    assert_eq!((mock.live_tasks(), mock.live_sleeps()), (0, 0));
}

#[test]
fn abort_on_drop_is_the_task_itself() {
    let mock = Mock::new();
    let mut task = AbortOnDrop::new(mock.spawn(async { 42 }));
    assert!(!task.is_finished());
    mock.run_all();
    assert!(task.is_finished());
    assert_eq!(Root::new(task).finish(&mock).unwrap(), 42);

    let mut task = AbortOnDrop::new(mock.spawn(pending::<()>()));
    task.abort();
    task.abort();
    assert!(Root::new(task).finish(&mock).unwrap_err().is_cancelled());
}

/// Its result can be taken once; all else can be done with such a handle.
#[test]
fn abort_on_drop_of_a_task_whose_result_was_taken() {
    let smol = Smol;
    let taken = || {
        let mut task = AbortOnDrop::new(smol.spawn(async { 42 }));
        assert_eq!(smol.block_on(&mut task).unwrap(), 42);
        task
    };
    drop(taken());
    taken().detach();
    let mut task = taken();
    task.abort();
    assert!(task.is_finished());
    let cancelled = catch_unwind(AssertUnwindSafe(|| smol.block_on(task.cancel())));
    let message = cancelled.unwrap_err();
    let message = message.downcast_ref::<&str>().unwrap();
    assert!(
        message.contains("polled after it had resolved"),
        "{message}"
    );
}

#[test]
fn abort_on_drop_can_be_let_go() {
    let mock = Mock::new();
    AbortOnDrop::new(mock.spawn(pending::<()>())).detach();
    mock.run_all();
    assert_eq!((mock.live_tasks(), mock.aborts()), (1, 0));
}

#[test]
fn a_join_error_is_one_of_two() {
    let error = JoinError::cancelled();
    assert!(error.is_cancelled() && !error.is_panic());
    assert_eq!(error.to_string(), "the task was cancelled");
    assert_eq!(format!("{error:?}"), "JoinError::Cancelled");
    assert!(error.try_into_panic().unwrap_err().is_cancelled());

    let payloads: [(Box<dyn Any + Send>, &str); 3] = [
        (Box::new("burnt"), "the task panicked: burnt"),
        (Box::new(String::from("burnt")), "the task panicked: burnt"),
        (Box::new(7_u8), "the task panicked"),
    ];
    for (payload, text) in payloads {
        let error = JoinError::panicked(payload);
        assert!(error.is_panic() && !error.is_cancelled());
        assert_eq!(error.to_string(), text);
    }
    let payload = JoinError::panicked(Box::new(7_u8)).into_panic();
    assert_eq!(*payload.downcast::<u8>().unwrap(), 7);
}

#[test]
#[should_panic(expected = "ask `is_panic` first")]
fn a_cancellation_has_no_payload() {
    let _ = JoinError::cancelled().into_panic();
}

#[test]
fn a_settling_task_keeps_who_awaits_it() {
    let (send, receive) = futures::channel::oneshot::channel::<u8>();
    let mut task = Settling::new(async {
        let value = receive.await.ok()?;
        Some(Contained::new(async { value }).await)
    });
    let mut root = Root::new(futures::future::poll_fn(|cx| {
        let poll = task.poll(cx);
        // A call of `is_finished` in between.
        assert!(poll.is_ready() || !task.is_finished());
        poll
    }));
    assert!(root.poll().is_pending());
    assert!(!root.is_woken());
    send.send(42).unwrap();
    assert!(root.is_woken());
    assert!(matches!(root.poll(), Poll::Ready(Ok(42))));

    let mut task = Settling::<u8>::settled(Err(JoinError::cancelled()));
    assert!(task.is_finished());
    let root = futures::future::poll_fn(|cx| task.poll(cx));
    assert!(
        Root::new(root)
            .finish(&Mock::new())
            .unwrap_err()
            .is_cancelled()
    );
    let burnt: Outcome<u8> =
        Root::new(Contained::new(async { panic!("burnt") })).finish(&Mock::new());
    let mut task = Settling::new(async { Some(burnt) });
    let root = futures::future::poll_fn(|cx| task.poll(cx));
    assert!(Root::new(root).finish(&Mock::new()).unwrap_err().is_panic());
}

/// The runtime may drop the future much later, and keeps the waker of the cancellation until then.
#[test]
fn a_settling_task_that_is_dropped_keeps_no_waker() {
    let (runtime, cancelling) = (Arc::new(Mutex::new(None)), Arc::new(()));
    let cancel = {
        let (runtime, cancelling) = (Arc::clone(&runtime), Arc::clone(&cancelling));
        poll_fn(move |cx| {
            let _cancelling = &cancelling;
            *runtime.lock().unwrap() = Some(cx.waker().clone());
            Poll::Pending
        })
    };
    let mut task = Settling::<()>::new(cancel);
    let mut handle = poll_fn(|cx| task.poll(cx));
    let (poll, waker) = Kept::poll(&mut handle);
    assert!(poll.is_pending() && waker.is_kept());
    drop(task);
    assert_eq!(Arc::strong_count(&cancelling), 1);
    assert!(!waker.is_kept());
}

#[test]
fn pointers_do_what_they_point_to() {
    fn check<R: Sleeper + Spawner>(runtime: R, mock: &Mock) {
        let made = mock.made_so_far();
        let deadline = runtime.now() + Duration::from_millis(1);
        drop(runtime.sleep_until(deadline));
        drop(runtime.sleep(Duration::from_millis(1)));
        assert_eq!(mock.made()[made..], [deadline; 2]);
        assert_eq!(R::SMALL_FUTURE, Mock::SMALL_FUTURE);
        let tasks = mock.live_tasks();
        runtime.spawn(async {}).detach();
        assert_eq!(mock.live_tasks(), tasks + 1);
        mock.run_all();
    }
    let mock = Mock::new();
    check(&mock, &mock);
    check(Box::new(mock.clone()), &mock);
    check(Rc::new(mock.clone()), &mock);
    check(Arc::new(&mock), &mock);
    check(
        Coalesced::with_slack(mock.clone(), Duration::ZERO).get_ref(),
        &mock,
    );
}

#[test]
fn a_function_is_a_sleeper() {
    fn clock() -> Instant {
        static START: OnceLock<Instant> = OnceLock::new();
        *START.get_or_init(Instant::now)
    }
    let asked = RefCell::new(Vec::new());
    let sleeper = sleeper_fn(|duration: Duration| {
        asked.borrow_mut().push(duration);
        std::future::ready(())
    });
    let sleeper = sleeper.clock(clock);
    assert_eq!(sleeper.now(), clock());
    drop(sleeper.sleep(Duration::from_millis(3)));
    drop(sleeper.sleep_until(clock() + Duration::from_millis(5)));
    drop(sleeper.sleep_until(clock().checked_sub(Duration::from_millis(5)).unwrap()));
    let asked = asked.take();
    assert_eq!(asked, [3, 5, 0].map(Duration::from_millis));
}

#[test]
fn one_random_wait_is_the_same_in_a_task() {
    let mock = Mock::new();
    let delay = Root::new(wait_random_with(&mock, 3, 9)).finish(&mock);
    assert_eq!(mock.time().as_nanos() as f64 / 1e9, delay);
    let task = task_wait_random_with(&mock, 3, 9);
    assert_eq!(Root::new(task).finish(&mock).unwrap(), delay);
}

/// Blocks on a future by driving the mock.
#[derive(Clone, Debug)]
struct Driven(Mock);

impl Sleeper for Driven {
    type Sleep = MockSleep;

    fn now(&self) -> Instant {
        self.0.now()
    }

    fn sleep_until(&self, deadline: Instant) -> MockSleep {
        self.0.sleep_until(deadline)
    }
}

impl BlockOn for Driven {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        Root::new(future).finish(&self.0)
    }
}

#[test]
fn the_time_measured_is_the_longest_delay_over_n() {
    let mock = Mock::new();
    let each = measure_time_with(&Driven(mock.clone()), 100, 10, 5).unwrap();
    let list = Root::new(wait_n_with(&mock, 100, 10, 5)).finish(&mock);
    assert_eq!(each, list[99] / 100.0);
    let none = measure_time_with(&Driven(mock), 0, 10, 5);
    assert_eq!(none, Err(MeasureError::NoWaits));
}
