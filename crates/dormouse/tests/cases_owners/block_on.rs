//! Calls of `block_on` where it is refused, and where it is allowed.

use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{
    BlockOn, CompioRuntime, Sleeper, Spawner, Task, Threads, TokioRuntime, measure_time,
};

use crate::child::Owner;
use crate::{LIMIT, cases_everywhere, text};

cases_everywhere! {
    block_on_inside_of_itself
    block_on_inside_of_destructors
    block_on_where_it_is_allowed
}

fn block_on_inside_of_itself(rt: impl Owner) {
    let rt = Arc::new(rt);
    let inner = Arc::clone(&rt);
    let task = rt.spawn(async move {
        refused(|| inner.block_on(async {}));
        refused(|| _ = measure_time(&*inner, 1, Duration::ZERO));
        refused(|| Threads.block_on(async {}));
        refused(|| TokioRuntime::current_thread().block_on(async {}));
        refused(|| dormouse::Smol.block_on(async {}));
        refused(|| CompioRuntime::new().block_on(async {}));
        drop(inner);
    });
    rt.block_on(task).unwrap();
    rt.block_on(async {
        refused(|| rt.block_on(async {}));
        refused(|| _ = measure_time(&*rt, 1, Duration::ZERO));
        refused(|| Threads.block_on(async {}));
    });
    assert_eq!(rt.block_on(async { 42 }), 42);
}

fn block_on_inside_of_destructors(rt: impl Owner) {
    /// Blocks in its destructor, and tells that this was refused.
    struct Blocks<O: Owner>(Arc<O>, mpsc::Sender<()>);

    impl<O: Owner> Drop for Blocks<O> {
        fn drop(&mut self) {
            refused(|| self.0.block_on(async {}));
            refused(|| Threads.block_on(async {}));
            refused(|| TokioRuntime::current_thread().block_on(async {}));
            self.1.send(()).unwrap();
        }
    }

    let rt = Arc::new(rt);
    let (sender, receiver) = mpsc::channel();
    let blocks = || Blocks(Arc::clone(&rt), sender.clone());
    // In a future that is aborted before its first poll, or while it waits.
    for wait in [Duration::ZERO, Duration::from_millis(20)] {
        let inside = blocks();
        let mut task = rt.spawn(async move {
            let _inside = inside;
            pending::<()>().await;
        });
        rt.block_on(rt.sleep(wait));
        task.abort();
        assert!(rt.block_on(task).unwrap_err().is_cancelled());
        receiver.try_recv().unwrap();
    }
    // In an output that nobody reads.
    let inside = blocks();
    rt.spawn(async { inside }).detach();
    rt.block_on(async {
        let start = Instant::now();
        while receiver.try_recv().is_err() {
            assert!(start.elapsed() < LIMIT, "it has hung, or was not refused");
            rt.sleep(Duration::from_millis(2)).await;
        }
    });
    // In an output that is there, and whose handle is dropped.
    let inside = blocks();
    let mut task = rt.spawn(async { inside });
    rt.block_on(async {
        while !task.is_finished() {
            rt.sleep(Duration::from_millis(2)).await;
        }
    });
    drop(task);
    receiver.try_recv().unwrap();
    // In the future of a `block_on` that has ended.
    let inside = blocks();
    rt.block_on(poll_fn(move |_| {
        let _inside = &inside;
        Poll::Ready(())
    }));
    receiver.try_recv().unwrap();
}

fn block_on_where_it_is_allowed(rt: impl Owner) {
    let rt = Arc::new(rt);
    let inner = Arc::clone(&rt);
    let closure = rt.spawn_blocking(move || {
        let there = Threads.block_on(async { 20 });
        there + inner.block_on(async { 22 })
    });
    // The runtime is driven while the closure runs.
    assert_eq!(rt.block_on(closure).unwrap(), 42);
    let other = thread::spawn(|| Threads.block_on(async { 42 }));
    assert_eq!(other.join().unwrap(), 42);
}

fn refused(block: impl FnOnce()) {
    let payload = catch_unwind(AssertUnwindSafe(block)).unwrap_err();
    let text = text(&*payload);
    assert!(
        text.contains("::block_on` inside of a task or of another `block_on`"),
        "{text}"
    );
}
