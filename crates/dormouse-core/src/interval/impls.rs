//! What both intervals have besides their `poll_tick`.

macro_rules! impls {
    ($interval:ident, $moment:ty, $returns:literal) => {
        impl<S: Sleeper> $interval<S> {
            #[doc = $returns]
            ///
            /// It is cancel safe: a tick that was not received is given by the next call.
            pub async fn tick(&mut self) -> $moment {
                poll_fn(|cx| self.poll_tick(cx)).await
            }

            /// The time from tick to tick.
            #[must_use]
            pub fn period(&self) -> Duration {
                self.period
            }
        }

        // The sleep is pinned by its box.
        impl<S: Sleeper> Unpin for $interval<S> {}

        impl<S: Sleeper> Stream for $interval<S> {
            type Item = $moment;

            fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<$moment>> {
                self.poll_tick(cx).map(Some)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (usize::MAX, None)
            }
        }

        /// It never ends.
        impl<S: Sleeper> FusedStream for $interval<S> {
            fn is_terminated(&self) -> bool {
                false
            }
        }
    };
}

pub(crate) use impls;
