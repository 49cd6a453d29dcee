//! One of many sleeps.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::coalesced::source::{Port, Source};
use crate::timers::{Seat, State};
use crate::{Instant, Sleeper};

/// A sleep of a [`Coalesced`](crate::Coalesced).
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct CoalescedSleep<S: Sleeper> {
    port: Arc<Port<S>>,
    deadline: u64,
    /// Its place in the queue, from the first poll to the end.
    seat: Option<Seat>,
    /// In the place of the queue, where nobody drives it.
    own: Option<Pin<Box<S::Sleep>>>,
}

impl<S: Sleeper> CoalescedSleep<S> {
    #[inline]
    pub(super) fn new(port: &Arc<Port<S>>, deadline: Instant) -> Self {
        Self {
            deadline: port.source.queue.nanos(deadline),
            port: Arc::clone(port),
            seat: None,
            own: None,
        }
    }

    pub(super) fn is_of(&self, source: &Arc<Source<S>>) -> bool {
        Arc::ptr_eq(&self.port.source, source)
    }

    #[inline]
    fn leave(&mut self) {
        if let Some(seat) = self.seat.take() {
            let waker = self.port.source.queue.timers.leave(self.port.shard, seat);
            drop(waker);
        }
    }
}

impl<S: Sleeper + Clone> CoalescedSleep<S> {
    /// Moves the deadline, with the waker that waits for it.
    pub(super) fn reset(&mut self, deadline: Instant) {
        let source = &self.port.source;
        self.deadline = source.queue.nanos(deadline);
        self.own = None;
        let Some(seat) = self.seat else {
            return;
        };
        let moved = source
            .queue
            .timers
            .enter_again(self.port.shard, seat, self.deadline);
        if let Some(seat) = moved {
            self.seat = Some(seat);
            if source.drive(self.deadline) {
                return;
            }
        }
        // The next poll enters it, or finds it a sleep of its own.
        self.leave();
    }

    #[inline]
    fn enter(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let waker = cx.waker().clone();
        let source = &self.port.source;
        let seat = source
            .queue
            .timers
            .enter(self.port.shard, self.deadline, waker);
        self.seat = Some(seat);
        if source.drive(self.deadline) {
            return Poll::Pending;
        }
        self.go_alone(cx)
    }

    /// Goes on by a sleep of the runtime's own, which keeps its own promises.
    #[cold]
    fn go_alone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.leave();
        let source = &self.port.source;
        let deadline = source.queue.instant(self.deadline);
        let own = Box::pin(source.sleeper.sleep_until(deadline));
        self.own.insert(own).as_mut().poll(cx)
    }
}

impl<S: Sleeper + Clone> Future for CoalescedSleep<S> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if let Some(own) = &mut this.own {
            return own.as_mut().poll(cx);
        }
        if this.deadline <= this.port.source.now() {
            this.leave();
            return Poll::Ready(());
        }
        let Some(seat) = this.seat else {
            return this.enter(cx);
        };
        let timers = &this.port.source.queue.timers;
        match timers.renew(this.port.shard, seat, cx.waker()) {
            State::Woken => this.go_alone(cx),
            State::Waiting | State::OtherWaker => Poll::Pending,
        }
    }
}

impl<S: Sleeper> Drop for CoalescedSleep<S> {
    #[inline]
    fn drop(&mut self) {
        self.leave();
    }
}

impl<S: Sleeper> fmt::Debug for CoalescedSleep<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoalescedSleep")
            .field("queued", &self.seat.is_some())
            .finish_non_exhaustive()
    }
}
