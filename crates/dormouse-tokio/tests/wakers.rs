//! A waker that panics harms only the task that it belongs to. tokio calls some wakers from within
//! its scheduler, where a panic ends the worker, and with it the process.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use dormouse_core::{BlockOn, Sleeper, Spawner};
use dormouse_tokio::{Tokio, TokioLocal, TokioRuntime};
use tokio::task::coop::{consume_budget, has_budget_remaining};

struct Broken;

impl Wake for Broken {
    fn wake(self: Arc<Self>) {
        panic!("a waker that panics, as it is meant to");
    }
}

#[test]
fn a_turn_given_up_with_it() {
    for runtime in all() {
        let task = runtime.spawn(async {
            poll_broken(pin!(Tokio.yield_now()));
            Tokio.sleep(Duration::from_millis(2)).await;
        });
        runtime.block_on(task).unwrap();
        runtime.block_on(async { poll_broken(pin!(Tokio.yield_now())) });
        goes_on(&runtime);
    }
}

/// tokio has borrowed its list of those that yield when it wakes one of them.
#[test]
fn a_waker_that_polls_what_yields() {
    #[derive(Default)]
    struct Polls(AtomicBool);

    impl Wake for Polls {
        fn wake(self: Arc<Self>) {
            let cx = &mut Context::from_waker(Waker::noop());
            let mut turn = pin!(Tokio.yield_now());
            assert!(turn.as_mut().poll(cx).is_pending());
            assert!(turn.poll(cx).is_ready());
            self.0.store(true, SeqCst);
        }
    }

    for runtime in all() {
        let task = runtime.spawn(async {
            let polls = Arc::<Polls>::default();
            give_up_a_turn(&Waker::from(Arc::clone(&polls)));
            Tokio.sleep(Duration::from_millis(2)).await;
            assert!(polls.0.load(SeqCst), "it has panicked");
        });
        runtime.block_on(task).unwrap();
        goes_on(&runtime);
    }
}

#[test]
fn a_handle_polled_with_it_when_the_budget_is_spent() {
    for runtime in all() {
        let task = runtime.spawn(async {
            let mut task = Tokio.spawn(async { 42 });
            spend_the_budget().await;
            poll_broken(Pin::new(&mut task));
            Tokio.sleep(Duration::from_millis(2)).await;
            assert_eq!(task.await.unwrap(), 42);
        });
        runtime.block_on(task).unwrap();
        goes_on(&runtime);
    }
}

#[test]
fn a_turn_given_up_with_it_on_a_runtime_of_one_thread() {
    let runtime = TokioLocal::new();
    runtime.block_on(async {
        poll_broken(pin!(runtime.yield_now()));
        runtime.sleep(Duration::from_millis(2)).await;
    });
    goes_on(&runtime);
}

fn all() -> [TokioRuntime; 2] {
    [
        TokioRuntime::multi_thread(1),
        TokioRuntime::current_thread(),
    ]
}

fn goes_on(runtime: &(impl BlockOn + Sleeper + Spawner)) {
    runtime.block_on(runtime.sleep(Duration::from_millis(2)));
    assert_eq!(runtime.block_on(runtime.spawn(async { 7 })).unwrap(), 7);
}

fn give_up_a_turn(waker: &Waker) {
    let mut cx = Context::from_waker(waker);
    assert!(pin!(Tokio.yield_now()).poll(&mut cx).is_pending());
}

fn poll_broken<F: Future>(future: Pin<&mut F>) {
    let waker = Waker::from(Arc::new(Broken));
    let mut cx = Context::from_waker(&waker);
    // A panic out of this poll would be our fault.
    let poll = catch_unwind(AssertUnwindSafe(|| future.poll(&mut cx).is_pending()));
    assert!(poll.is_ok());
}

async fn spend_the_budget() {
    poll_fn(|cx| {
        while has_budget_remaining() {
            let _ = pin!(consume_budget()).poll(cx);
        }
        Poll::Ready(())
    })
    .await;
}
