//! Lets other tasks and tokio's driver run.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use dormouse_core::adapter::YieldNow;
use tokio::task;

use crate::task::poll_quietly;

/// tokio's own yield, with a quiet waker: tokio calls that waker from its scheduler, where a panic
/// would end the worker.
pub(crate) async fn yield_now() {
    if WAKES.get() {
        // What runs inside of a waker can't yield to tokio, but only to what called that.
        return YieldNow::default().await;
    }
    let mut turn = pin!(task::yield_now());
    poll_fn(|cx| {
        let given = ptr::from_ref(cx.waker());
        poll_quietly(cx, |quiet| {
            if ptr::eq(quiet.waker(), given) {
                return turn.as_mut().poll(quiet);
            }
            let waker = Waker::from(Arc::new(Foreign(quiet.waker().clone())));
            turn.as_mut().poll(&mut Context::from_waker(&waker))
        })
    })
    .await;
}

thread_local! {
    /// tokio wakes a foreign waker on this thread, and has borrowed the list of those that have yielded.
    static WAKES: Cell<bool> = const { Cell::new(false) };
}

/// A quiet waker around one that is not tokio's: it may poll what it wakes.
struct Foreign(Waker);

impl Wake for Foreign {
    fn wake(self: Arc<Self>) {
        let outer = WAKES.replace(true);
        self.0.wake_by_ref();
        // The destructor of a waker is foreign code, too.
        drop(self);
        WAKES.set(outer);
    }
}
