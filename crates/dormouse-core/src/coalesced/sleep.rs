//! One of many sleeps.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::adapter::quiet::drop_quietly;
use crate::coalesced::queue::LAST;
use crate::coalesced::shared::{ShardRef, Shared};
use crate::timers::{Place, State, shard_of_this_thread};
use crate::{Instant, Sleeper};

/// A sleep of a [`Coalesced`](crate::Coalesced).
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct CoalescedSleep<S: Sleeper> {
    route: Route<S>,
}

/// 24 bytes: with more, a task of tokio takes twice the memory.
enum Route<S: Sleeper> {
    Queue {
        shard: Arc<ShardRef<S>>,
        deadline: u64,
        /// From the first poll to the end.
        place: Option<Place>,
    },
    /// If the queue has no driver, or the runtime is gone.
    Fallback(Box<Fallback<S>>),
}

/// A sleep of the inner sleeper.
struct Fallback<S: Sleeper> {
    shard: Arc<ShardRef<S>>,
    sleep: Pin<Box<S::Sleep>>,
}

impl<S: Sleeper> CoalescedSleep<S> {
    #[inline]
    pub(super) fn new(shard: &Arc<ShardRef<S>>, deadline: u64) -> Self {
        let route = Route::Queue {
            deadline,
            shard: Arc::clone(shard),
            place: None,
        };
        Self { route }
    }

    pub(super) fn is_of(&self, shared: &Arc<Shared<S>>) -> bool {
        Arc::ptr_eq(&self.shard().shared, shared)
    }

    fn shard(&self) -> &Arc<ShardRef<S>> {
        match &self.route {
            Route::Queue { shard, .. } => shard,
            Route::Fallback(fallback) => &fallback.shard,
        }
    }
}

impl<S: Sleeper + Clone> CoalescedSleep<S> {
    /// Moves the deadline, and keeps the waker.
    pub(super) fn reset(&mut self, to: Instant) {
        let Route::Queue {
            shard,
            deadline,
            place,
        } = &mut self.route
        else {
            let shard = self.shard();
            *self = Self::new(shard, shard.shared.queue.nanos(to));
            return;
        };
        let shared = &shard.shared;
        *deadline = shared.queue.nanos(to);
        if let Some(taken) = place {
            let moved = shared.queue.timers.enter_again(taken, *deadline);
            if !(moved && shared.drive(*deadline)) {
                // The next poll enters it anew, or falls back.
                leave(shared, place);
            }
        }
    }

    /// Continues as a sleep of the inner sleeper, and polls that.
    #[cold]
    fn fall_back(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Route::Queue {
            shard,
            deadline,
            place,
        } = &mut self.route
        else {
            return Poll::Pending;
        };
        let shared = &shard.shared;
        leave(shared, place);
        let deadline = shared.queue.instant(*deadline);
        let mut sleep = Box::pin(shared.sleeper.sleep_until(deadline));
        let poll = sleep.as_mut().poll(cx);
        let shard = Arc::clone(shard);
        self.route = Route::Fallback(Box::new(Fallback { shard, sleep }));
        poll
    }
}

impl<S: Sleeper + Clone> Future for CoalescedSleep<S> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        match &mut this.route {
            Route::Fallback(fallback) => fallback.sleep.as_mut().poll(cx),
            Route::Queue {
                shard,
                deadline,
                place,
            } => {
                let shared = &shard.shared;
                let now = shared.now();
                // If `now` has reached the clock's maximum, every deadline is due.
                if *deadline <= now || now == LAST {
                    if now == LAST && place.is_none() && shared.has_context() {
                        // The runtime is gone: polls a sleep of the inner sleeper, which yields.
                        return this.fall_back(cx);
                    }
                    leave(shared, place);
                    return Poll::Ready(());
                }
                let timers = &shared.queue.timers;
                if let Some(entered) = place {
                    if timers.set_waker(entered, cx.waker()) != State::Woken {
                        return Poll::Pending;
                    }
                    // It was woken before its deadline, as the driver was dropped.
                    if shared.has_context() {
                        return this.fall_back(cx);
                    }
                    leave(shared, place);
                }
                // The polling thread's shard: tasks may be made by one thread, and polled by all.
                let shard = shard_of_this_thread();
                *place = Some(timers.enter(shard, *deadline, cx.waker().clone()));
                if shared.drive(*deadline) {
                    return Poll::Pending;
                }
                this.fall_back(cx)
            }
        }
    }
}

impl<S: Sleeper> Drop for CoalescedSleep<S> {
    #[inline]
    fn drop(&mut self) {
        if let Route::Queue { shard, place, .. } = &mut self.route {
            leave(&shard.shared, place);
        }
    }
}

#[inline]
fn leave<S: Sleeper>(shared: &Shared<S>, place: &mut Option<Place>) {
    if let Some(place) = place.take() {
        drop_quietly(shared.queue.timers.leave(place));
    }
}

impl<S: Sleeper> fmt::Debug for CoalescedSleep<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queued = matches!(self.route, Route::Queue { place: Some(_), .. });
        f.debug_struct("CoalescedSleep")
            .field("queued", &queued)
            .finish_non_exhaustive()
    }
}
