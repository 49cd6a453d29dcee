//! One of many sleeps.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::adapter::quiet::drop_quietly;
use crate::coalesced::queue::LAST;
use crate::coalesced::source::{Port, Source};
use crate::timers::{Place, State, shard_of_this_thread};
use crate::{Instant, Sleeper};

/// A sleep of a [`Coalesced`](crate::Coalesced).
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct CoalescedSleep<S: Sleeper> {
    way: Way<S>,
}

/// 24 bytes: with more, a task of tokio takes twice the memory.
enum Way<S: Sleeper> {
    Queue {
        port: Arc<Port<S>>,
        deadline: u64,
        /// From the first poll to the end.
        place: Option<Place>,
    },
    /// If the queue has no driver.
    Alone(Box<Alone<S>>),
}

/// A sleep of the inner sleeper.
struct Alone<S: Sleeper> {
    port: Arc<Port<S>>,
    sleep: Pin<Box<S::Sleep>>,
}

impl<S: Sleeper> CoalescedSleep<S> {
    #[inline]
    pub(super) fn new(port: &Arc<Port<S>>, deadline: u64) -> Self {
        let way = Way::Queue {
            deadline,
            port: Arc::clone(port),
            place: None,
        };
        Self { way }
    }

    pub(super) fn is_of(&self, source: &Arc<Source<S>>) -> bool {
        Arc::ptr_eq(&self.port().source, source)
    }

    fn port(&self) -> &Arc<Port<S>> {
        match &self.way {
            Way::Queue { port, .. } => port,
            Way::Alone(alone) => &alone.port,
        }
    }
}

impl<S: Sleeper + Clone> CoalescedSleep<S> {
    /// Moves the deadline, and keeps the waker.
    pub(super) fn reset(&mut self, to: Instant) {
        let Way::Queue {
            port,
            deadline,
            place,
        } = &mut self.way
        else {
            let port = self.port();
            *self = Self::new(port, port.source.queue.nanos(to));
            return;
        };
        let source = &port.source;
        *deadline = source.queue.nanos(to);
        if let Some(taken) = place {
            let moved = source.queue.timers.enter_again(taken, *deadline);
            if !(moved && source.drive(*deadline)) {
                // The next poll enters it anew, or goes alone.
                leave(source, place);
            }
        }
    }

    #[cold]
    fn go_alone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Way::Queue {
            port,
            deadline,
            place,
        } = &mut self.way
        else {
            return Poll::Pending;
        };
        let source = &port.source;
        leave(source, place);
        let deadline = source.queue.instant(*deadline);
        let mut sleep = Box::pin(source.sleeper.sleep_until(deadline));
        let poll = sleep.as_mut().poll(cx);
        let port = Arc::clone(port);
        self.way = Way::Alone(Box::new(Alone { port, sleep }));
        poll
    }
}

impl<S: Sleeper + Clone> Future for CoalescedSleep<S> {
    type Output = ();

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        match &mut this.way {
            Way::Alone(alone) => alone.sleep.as_mut().poll(cx),
            Way::Queue {
                port,
                deadline,
                place,
            } => {
                let source = &port.source;
                let now = source.now();
                // At the end of the clock, every deadline has come.
                if *deadline <= now || now == LAST {
                    if now == LAST && place.is_none() && source.has_context() {
                        // The runtime is gone: a sleep of its own lets other tasks run.
                        return this.go_alone(cx);
                    }
                    leave(source, place);
                    return Poll::Ready(());
                }
                let timers = &source.queue.timers;
                if let Some(entered) = place {
                    if timers.renew(entered, cx.waker()) != State::Woken {
                        return Poll::Pending;
                    }
                    // It was woken before its time, as the driver has been lost.
                    if source.has_context() {
                        return this.go_alone(cx);
                    }
                    leave(source, place);
                }
                // The polling thread's shard: tasks may be made by one thread, and polled by all.
                let shard = shard_of_this_thread();
                *place = Some(timers.enter(shard, *deadline, cx.waker().clone()));
                if source.drive(*deadline) {
                    return Poll::Pending;
                }
                this.go_alone(cx)
            }
        }
    }
}

impl<S: Sleeper> Drop for CoalescedSleep<S> {
    #[inline]
    fn drop(&mut self) {
        if let Way::Queue { port, place, .. } = &mut self.way {
            leave(&port.source, place);
        }
    }
}

#[inline]
fn leave<S: Sleeper>(source: &Source<S>, place: &mut Option<Place>) {
    if let Some(place) = place.take() {
        drop_quietly(source.queue.timers.leave(place));
    }
}

impl<S: Sleeper> fmt::Debug for CoalescedSleep<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queued = matches!(self.way, Way::Queue { place: Some(_), .. });
        f.debug_struct("CoalescedSleep")
            .field("queued", &queued)
            .finish_non_exhaustive()
    }
}
