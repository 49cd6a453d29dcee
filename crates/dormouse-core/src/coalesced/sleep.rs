//! One of many sleeps.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::coalesced::alarm::Alarm;
use crate::coalesced::queue::SeatNumber;
use crate::{Instant, Sleeper};

/// A sleep of a [`Coalesced`](crate::Coalesced).
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct CoalescedSleep<S: Sleeper> {
    alarm: Arc<Alarm<S>>,
    deadline: u64,
    /// Its place in the queue, from the first poll to the end.
    seat: Option<SeatNumber>,
}

impl<S: Sleeper> CoalescedSleep<S> {
    pub(super) fn new(alarm: Arc<Alarm<S>>, deadline: Instant) -> Self {
        let deadline = alarm.nanos(deadline);
        Self {
            alarm,
            deadline,
            seat: None,
        }
    }

    /// Takes a place in the queue, unless the time has come.
    fn enter(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let now = self.alarm.now();
        let waker = cx.waker().clone();
        let mut state = self.alarm.lock();
        state.clock = state.clock.max(now);
        if self.deadline <= state.clock {
            drop(state);
            return Poll::Ready(());
        }
        self.seat = Some(state.queue.push(self.deadline, waker));
        self.alarm.drive(state);
        Poll::Pending
    }
}

impl<S: Sleeper> Future for CoalescedSleep<S> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let Some(seat) = this.seat else {
            return this.enter(cx);
        };
        // The former waker, or one too many: dropped once the lock is let go.
        let mut spare = None;
        let mut state = this.alarm.lock();
        if let Some(waker) = state.queue.waker(seat) {
            // A waker may deny that its own clone is the same: so this is asked once.
            if !waker.will_wake(cx.waker()) {
                drop(state);
                spare = Some(cx.waker().clone());
                state = this.alarm.lock();
            }
            if let Some(waker) = state.queue.waker(seat) {
                if let Some(spare) = &mut spare {
                    std::mem::swap(waker, spare);
                }
                this.alarm.drive(state);
                return Poll::Pending;
            }
        }
        let due = this.deadline <= state.clock;
        // The waker has been taken by who let it go.
        let _ = state.queue.leave(seat);
        this.seat = None;
        this.alarm.drive(state);
        // The bell may have rung early: back to the end of the queue with it.
        if due { Poll::Ready(()) } else { this.enter(cx) }
    }
}

impl<S: Sleeper> Drop for CoalescedSleep<S> {
    fn drop(&mut self) {
        if let Some(seat) = self.seat {
            let mut state = self.alarm.lock();
            let waker = state.queue.leave(seat);
            // A timer must not be touched here: a runtime that is gone panics at it.
            let successor = state.successor();
            drop(state);
            drop(waker);
            self.alarm.hand_on(successor);
        }
    }
}

impl<S: Sleeper> fmt::Debug for CoalescedSleep<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CoalescedSleep")
            .field("queued", &self.seat.is_some())
            .finish_non_exhaustive()
    }
}
