//! A panic harms only its own task, and misuse gives the same messages as on every runtime.

use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use dormouse_core::{BlockOn, LocalSpawner, Sleeper, Spawner, Task, timeout};
use dormouse_virtual::{Virtual, VirtualHandle};
use futures::FutureExt;

const SECOND: Duration = Duration::from_secs(1);

struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

struct WakerBomb;

impl Wake for WakerBomb {
    fn wake(self: Arc<Self>) {
        panic!("a waker");
    }
}

fn text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().cloned();
    text.unwrap_or_else(|| (*payload.downcast_ref::<&str>().unwrap()).to_owned())
}

/// A payload may do anything in its destructor, also after a livelock.
#[test]
fn a_payload_that_spawns_when_dropped_locks_nothing_up() {
    struct Spawns(VirtualHandle);
    impl Drop for Spawns {
        fn drop(&mut self) {
            self.0.spawn(async {}).detach();
        }
    }
    let runtime = Virtual::new();
    let spawns = Spawns(runtime.handle());
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        let livelock = runtime.try_block_on(async {
            let endless = async {
                loop {
                    runtime.sleep(Duration::ZERO).await;
                }
            };
            assert!(AssertUnwindSafe(endless).catch_unwind().await.is_err());
            panic_any(spawns);
        });
        done.send(livelock)
    });
    let livelock = is_done.recv_timeout(60 * SECOND).expect("it hangs");
    assert!(livelock.unwrap_err().is_livelock());
}

#[test]
fn a_waker_that_panics_harms_no_other_sleep() {
    let runtime = Virtual::new();
    let waker = Waker::from(Arc::new(WakerBomb));
    let mut bad: Vec<_> = (0..3).map(|_| Box::pin(runtime.sleep(SECOND))).collect();
    let poll = |sleeps: &mut Vec<Pin<Box<_>>>| {
        for sleep in sleeps {
            assert!(FutureExt::poll_unpin(sleep, &mut Context::from_waker(&waker)).is_pending());
        }
    };
    poll(&mut bad);
    let task = runtime.spawn(runtime.sleep(SECOND));
    runtime
        .block_on(timeout(&runtime, 2 * SECOND, task))
        .unwrap()
        .unwrap();
    // From inside the runtime, where only the clock moves.
    let mut bad: Vec<_> = (0..3).map(|_| Box::pin(runtime.sleep(SECOND))).collect();
    poll(&mut bad);
    runtime.block_on(async { runtime.advance(SECOND) });
    assert_eq!(runtime.elapsed(), 2 * SECOND);
    // And when the runtime is dropped.
    let mut bad: Vec<_> = (0..3).map(|_| Box::pin(runtime.sleep(SECOND))).collect();
    poll(&mut bad);
    drop(runtime);
}

#[test]
fn destructors_that_panic_harm_nobody_when_the_runtime_goes() {
    let runtime = Virtual::new();
    let spawn = || {
        let bomb = Bomb("a destructor");
        runtime.spawn(async move {
            pending::<()>().await;
            drop(bomb);
        })
    };
    let tasks = [spawn(), spawn()];
    let local = runtime.spawn_local({
        let bomb = Bomb("a destructor");
        async move {
            pending::<()>().await;
            drop(bomb);
        }
    });
    let mut last = runtime.spawn(pending::<()>());
    drop(runtime);
    assert!(last.is_finished());
    for task in tasks {
        let error = futures::executor::block_on(task).unwrap_err();
        assert_eq!(text(&*error.into_panic()), "a destructor");
    }
    let error = futures::executor::block_on(local).unwrap_err();
    assert_eq!(text(&*error.into_panic()), "a destructor");
}

#[test]
fn a_runtime_dropped_while_a_panic_unwinds_does_not_abort() {
    let mut task = None;
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let runtime = Virtual::new();
        let bomb = Bomb("a destructor");
        task = Some(runtime.spawn(async move {
            pending::<()>().await;
            drop(bomb);
        }));
        panic!("the test");
    }));
    assert_eq!(text(&*unwound.unwrap_err()), "the test");
    let error = futures::executor::block_on(task.unwrap()).unwrap_err();
    assert!(error.is_panic());
}

#[test]
fn a_block_on_inside_is_refused_in_the_same_words() {
    let runtime = Arc::new(Virtual::new());
    let other = Virtual::new();
    let refused = |inside: &dyn Fn()| {
        let payload = catch_unwind(AssertUnwindSafe(inside)).unwrap_err();
        text(&*payload)
    };
    let words = "`Virtual::block_on` inside of a task or of another `block_on`: a thread that runs \
                 tasks can't wait for a future. Await the future there, or block in a closure of \
                 `spawn_blocking`";
    let same = || runtime.block_on(async { runtime.block_on(async {}) });
    assert_eq!(refused(&same), words);
    let another = || runtime.block_on(async { other.block_on(async {}) });
    assert_eq!(refused(&another), words);
    let trying = || _ = runtime.block_on(async { other.try_block_on(async {}) });
    assert_eq!(refused(&trying), words);
    let inside = Arc::clone(&runtime);
    let task = runtime.spawn(async move { inside.block_on(async {}) });
    let error = runtime.block_on(task).unwrap_err();
    assert_eq!(text(&*error.into_panic()), words);
    // A destructor also runs inside the runtime.
    struct Blocks(Arc<Virtual>);
    impl Drop for Blocks {
        fn drop(&mut self) {
            self.0.block_on(async {});
        }
    }
    let blocks = Blocks(Arc::clone(&runtime));
    let destructor = catch_unwind(AssertUnwindSafe(|| {
        // Dropped after the future has ended, before the call returns.
        let mut kept = Some(blocks);
        runtime.block_on(poll_fn(move |_| {
            _ = &mut kept;
            Poll::Ready(())
        }));
    }));
    assert_eq!(text(&*destructor.unwrap_err()), words);
    assert_eq!(runtime.block_on(async { 42 }), 42);
}

#[test]
fn a_handle_polled_after_its_end_panics() {
    let runtime = Virtual::new();
    let mut tasks = (runtime.spawn(async {}), runtime.spawn_local(async {}));
    runtime.block_on(&mut tasks.0).unwrap();
    runtime.block_on(&mut tasks.1).unwrap();
    let again = |poll: &mut dyn FnMut()| text(&*catch_unwind(AssertUnwindSafe(poll)).unwrap_err());
    let words = "a task's handle was polled after it had resolved: take its result once";
    assert_eq!(again(&mut || _ = runtime.block_on(&mut tasks.0)), words);
    assert_eq!(again(&mut || _ = runtime.block_on(&mut tasks.1)), words);
}
