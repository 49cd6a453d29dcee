//! The future that owns the runtime's timer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

use crate::Sleeper;
use crate::adapter::enter;
use crate::coalesced::queue::{Claim, is_real};
use crate::timers::NEVER;

pin_project! {
    /// Arms the runtime's timer for the first deadline, again and again, until there is none.
    ///
    /// It alone touches that timer. It has to be polled when it is woken, as a runtime does with a
    /// task.
    pub(super) struct Driver<S: Sleeper> {
        sleeper: S,
        claim: Claim,
        // The queue as a waker: it wakes the sleeps at once, not when the driver gets its turn.
        queue_waker: Waker,
        #[pin]
        timer: Option<S::Sleep>,
        // When the timer ends; `NEVER` if it has to be armed.
        armed: u64,
    }
}

impl<S: Sleeper> Driver<S> {
    pub(super) fn new(claim: Claim, sleeper: S) -> Self {
        Self {
            queue_waker: claim.queue().clone().into(),
            claim,
            sleeper,
            timer: None,
            armed: NEVER,
        }
    }

    /// Polls the timer, armed for this time.
    fn poll_timer(self: Pin<&mut Self>, wake_at: u64) -> Poll<()> {
        let mut this = self.project();
        let deadline = this.claim.queue().instant(wake_at);
        match this.timer.as_mut().as_pin_mut() {
            Some(_) if *this.armed == wake_at => {}
            Some(timer) => this.sleeper.reset(timer, deadline),
            None => this.timer.set(Some(this.sleeper.sleep_until(deadline))),
        }
        *this.armed = wake_at;
        // The waker is one of ours: it does not panic.
        let _current = enter("Coalesced", this.queue_waker);
        let timer = this.timer.as_mut().as_pin_mut();
        timer.map_or(Poll::Pending, |timer| {
            timer.poll(&mut Context::from_waker(this.queue_waker))
        })
    }
}

impl<S: Sleeper> Future for Driver<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.as_mut().project();
        let queue = this.claim.queue().clone();
        queue.driver.register(cx.waker().clone());
        queue.driver_is_here();
        queue.set_real(is_real(this.sleeper));
        queue.timers.promise(NEVER);
        queue.fire(queue.time(this.sleeper.now()));
        let first = queue.timers.next();
        if first == NEVER || queue.is_closed() {
            let mut timer = this.timer;
            timer.set(None);
            if queue.driver.end() || queue.is_closed() {
                this.claim.end();
                return Poll::Ready(());
            }
        } else {
            let wake_at = queue.wake_at(first);
            // Not `wake_at`: an earlier deadline than `first` may need an earlier wake-up.
            queue.timers.promise(first);
            if self.as_mut().poll_timer(wake_at).is_pending() {
                return Poll::Pending;
            }
            let this = self.as_mut().project();
            *this.armed = NEVER;
            // What fell due meanwhile does not wait until others have run.
            queue.fire(queue.time(this.sleeper.now()));
        }
        // A sleep was armed as the driver ended, or its timer ended at once: the next poll looks
        // again, and others run before it.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
