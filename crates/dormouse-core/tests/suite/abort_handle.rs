//! Aborts that come while another caller has the handle of the task.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use dormouse_core::{
    AbortHandle, AbortOnDrop, BlockOn, JoinError, Sleeper, Spawner, Task, abortable,
    abortable_local,
};
use dormouse_smol::SmolExecutor;

use crate::mock::{Kept, Mock, Root};

type Inside = Arc<Mutex<Option<Box<dyn FnMut() + Send>>>>;

/// A task whose methods call back into the test, as a runtime may call foreign code.
#[derive(Clone, Default)]
struct Scripted {
    in_poll: Inside,
    in_abort: Inside,
    aborts: Arc<AtomicUsize>,
}

fn call(inside: &Inside) {
    let taken = inside.lock().unwrap().take();
    if let Some(mut taken) = taken {
        taken();
    }
}

impl Future for Scripted {
    type Output = Result<(), JoinError>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        call(&self.in_poll);
        if self.aborts.load(SeqCst) > 0 {
            Poll::Ready(Err(JoinError::cancelled()))
        } else {
            Poll::Pending
        }
    }
}

impl Task for Scripted {
    type Value = ();

    fn abort(&mut self) {
        self.aborts.fetch_add(1, SeqCst);
        call(&self.in_abort);
    }

    fn is_finished(&mut self) -> bool {
        self.aborts.load(SeqCst) > 0
    }
}

fn scripted() -> (
    Scripted,
    Root<dormouse_core::Abortable<Scripted>>,
    AbortHandle,
) {
    let script = Scripted::default();
    let (task, abort) = abortable(script.clone());
    (script, Root::new(task), abort)
}

#[test]
fn an_abort_inside_of_a_poll_is_done_after_it() {
    let (script, mut task, abort) = scripted();
    let (inside, seen) = (abort.clone(), script.clone());
    *script.in_poll.lock().unwrap() = Some(Box::new(move || {
        assert!(!inside.is_finished(), "it has not ended as far as is known");
        inside.abort();
        inside.abort();
        assert_eq!(seen.aborts.load(SeqCst), 0, "the handle is out");
        assert!(!inside.is_finished());
        // The poll goes on as if the abort had come a moment later.
        seen.aborts.store(0, SeqCst);
    }));
    assert!(task.poll().is_pending());
    assert_eq!(
        script.aborts.load(SeqCst),
        1,
        "two while it was out are one"
    );
    assert!(abort.is_finished());
    assert!(matches!(task.poll(), Poll::Ready(Err(error)) if error.is_cancelled()));
}

#[test]
fn a_poll_while_it_is_being_aborted_waits_for_that() {
    let (script, task, abort) = scripted();
    let task = Arc::new(Mutex::new(task));
    let inside = Arc::clone(&task);
    *script.in_abort.lock().unwrap() = Some(Box::new(move || {
        let mut task = inside.lock().unwrap();
        assert!(task.poll().is_pending(), "the handle is out");
        assert!(!task.is_woken());
    }));
    abort.abort();
    let mut task = task.lock().unwrap();
    assert!(task.is_woken(), "the one who polled is told");
    assert!(task.poll_if_woken().is_ready());
}

#[test]
fn an_abort_inside_of_an_abort_is_one_more() {
    let (script, mut task, abort) = scripted();
    let inside = abort.clone();
    *script.in_abort.lock().unwrap() = Some(Box::new(move || inside.abort()));
    abort.abort();
    assert_eq!(script.aborts.load(SeqCst), 2);
    assert!(task.poll().is_ready());
}

#[test]
fn a_local_task_is_aborted_after_its_handle_was_dropped() {
    let script = Scripted::default();
    let (task, abort) = abortable_local(script.clone());
    drop(task);
    assert_eq!(script.aborts.load(SeqCst), 0);
    abort.abort();
    assert_eq!(script.aborts.load(SeqCst), 1);
}

/// That waker may own whoever polled it.
#[test]
fn a_local_task_whose_handle_was_dropped_keeps_no_waker() {
    let mock = Mock::new();
    let (mut task, abort) = abortable_local(mock.spawn(pending::<()>()));
    let (poll, waker) = Kept::poll(&mut task);
    assert!(poll.is_pending() && waker.is_kept());
    drop(task);
    assert!(!waker.is_kept());
    abort.abort();
    mock.run_all();
    assert!(abort.is_finished());
}

/// As the waker of the poll may, when it is cloned.
#[test]
fn a_poll_that_panics_puts_the_handle_back() {
    let (script, mut task, abort) = scripted();
    *script.in_poll.lock().unwrap() = Some(Box::new(|| panic!("a waker")));
    assert!(catch_unwind(AssertUnwindSafe(|| task.poll())).is_err());
    abort.abort();
    assert_eq!(script.aborts.load(SeqCst), 1);
    assert!(matches!(task.poll(), Poll::Ready(Err(error)) if error.is_cancelled()));
}

#[test]
fn a_handle_dropped_with_its_last_abort_handle_is_not_polled() {
    let (script, task, abort) = scripted();
    *script.in_poll.lock().unwrap() = Some(Box::new(|| panic!("polled")));
    drop(abort);
    drop(task);
}

/// Threads abort while a task is polled and ends: it ends once, in one way or the other.
#[test]
fn aborts_race_with_the_end() {
    let runtime = SmolExecutor::new(1);
    for round in 0..300_u32 {
        let (yields, sleep) = (round % 3, runtime.sleep(Default::default()));
        let handle = runtime.handle();
        let (task, abort) = abortable(runtime.spawn(async move {
            sleep.await;
            for _ in 0..yields {
                handle.yield_now().await;
            }
            round
        }));
        let threads = [(); 2].map(|()| {
            let abort = abort.clone();
            thread::spawn(move || abort.abort())
        });
        match runtime.block_on(task) {
            Ok(value) => assert_eq!(value, round),
            Err(error) => assert!(error.is_cancelled()),
        }
        assert!(abort.is_finished());
        threads.into_iter().for_each(|it| it.join().unwrap());
    }
    let nobody = Waker::noop();
    let (mut task, abort) = abortable(runtime.spawn(async {}));
    abort.abort();
    drop(Pin::new(&mut task).poll(&mut Context::from_waker(nobody)));
}

/// In whichever order the two handles go, the task goes on.
#[test]
fn a_task_that_would_end_with_its_handle_goes_on() {
    let runtime = SmolExecutor::new(1);
    for abort_handle_first in [true, false] {
        let ended = Arc::new(AtomicUsize::new(0));
        let (sleep, count) = (runtime.sleep(SHORT), Arc::clone(&ended));
        let task = runtime.spawn(async move {
            sleep.await;
            count.fetch_add(1, SeqCst);
        });
        let (task, abort) = abortable(AbortOnDrop::new(task));
        if abort_handle_first {
            drop(abort);
            task.detach();
        } else {
            task.detach();
            drop(abort);
        }
        runtime.block_on(async {
            let start = runtime.now();
            while ended.load(SeqCst) == 0 {
                let waited = runtime.now() - start;
                assert!(
                    waited < 1_000 * SHORT,
                    "{abort_handle_first}: it was aborted"
                );
                runtime.sleep(SHORT).await;
            }
        });
    }
}

const SHORT: Duration = Duration::from_millis(5);
