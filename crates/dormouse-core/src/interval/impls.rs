//! The traits of an interval.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use crate::{Instant, Interval, Sleeper};

// The sleep is pinned by its box.
impl<S: Sleeper> Unpin for Interval<S> {}

impl<S: Sleeper> Stream for Interval<S> {
    type Item = Instant;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Instant>> {
        let tick = ready!(self.poll_tick(cx));
        Poll::Ready(Some(tick))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (usize::MAX, None)
    }
}

/// It never ends.
impl<S: Sleeper> FusedStream for Interval<S> {
    fn is_terminated(&self) -> bool {
        false
    }
}

impl<S: Sleeper> fmt::Debug for Interval<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interval")
            .field("next", &self.next)
            .field("period", &self.period)
            .field("missed_tick", &self.missed_tick)
            .finish_non_exhaustive()
    }
}
