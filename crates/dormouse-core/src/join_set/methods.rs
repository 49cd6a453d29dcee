//! The methods that both sets have.

macro_rules! methods {
    ($set:ident<$t:ident, $r:ident: $($bound:tt)*) => {
        impl<$t: $($bound)*> $set<$t, $r> {
            /// An empty set for tasks on `runtime`; it keeps the handle of that.
            pub fn new<S: ToHandle<Handle = $r>>(runtime: &S) -> Self {
                Self::with_spawner(runtime.to_handle())
            }

            /// An empty set for tasks started by `spawner`, which need not be a sleeper.
            pub fn with_spawner(spawner: $r) -> Self {
                Self {
                    spawner,
                    members: Members::new(),
                }
            }

            /// Waits for the next task to end and returns its result; `None` if the set is empty.
            ///
            /// The results come in the order in which the tasks end. It is cancel safe: a result
            /// that was not received is given by the next call.
            ///
            /// # Errors
            ///
            /// The [`JoinError`] of a task that was cancelled or has panicked.
            ///
            /// # Examples
            ///
            /// ```
            /// use dormouse_core::{BlockOn, JoinSet, Sleeper};
            /// use std::time::Duration;
            ///
            /// let runtime = dormouse_smol::Smol;
            /// let mut set = JoinSet::new(&runtime);
            /// for ms in [30, 10] {
            ///     let sleep = runtime.sleep(Duration::from_millis(ms));
            ///     set.spawn(async move { sleep.await; ms });
            /// }
            /// runtime.block_on(async {
            ///     assert_eq!(set.join_next().await.unwrap().unwrap(), 10);
            ///     assert_eq!(set.join_next().await.unwrap().unwrap(), 30);
            ///     assert!(set.join_next().await.is_none());
            /// });
            /// ```
            pub async fn join_next(&mut self) -> Option<Result<$t, JoinError>> {
                poll_fn(|cx| self.poll_join_next(cx)).await
            }

            /// The result of a task that has ended; `None` if none has ended, or the set is empty.
            ///
            /// It does not wait, and registers no waker. It returns a result that is there however
            /// many have come in a row, also in a tokio task that has spent its budget.
            ///
            /// # Errors
            ///
            /// Same as [`join_next`](Self::join_next).
            pub fn try_join_next(&mut self) -> Option<Result<$t, JoinError>> {
                self.members.try_next()
            }

            /// Polls for the result that [`join_next`](Self::join_next) waits for.
            ///
            /// At most 64 results come in a row, as from
            /// [`Interval::poll_tick`](crate::Interval::poll_tick). Where a future is polled only
            /// once, as by `now_or_never`, call [`try_join_next`](Self::try_join_next), which
            /// returns every result that is there.
            ///
            /// The waker of the latest call is the one that is woken.
            pub fn poll_join_next(
                &mut self,
                cx: &mut Context<'_>,
            ) -> Poll<Option<Result<$t, JoinError>>> {
                self.members.poll_next(cx)
            }

            /// Waits until all tasks have ended and returns their values, in the order in which
            /// they ended.
            ///
            /// # Errors
            ///
            /// The first [`JoinError`] of a task, at once; the other tasks are aborted. (tokio's
            /// `join_all` panics instead.) To get every result, call [`join_next`](Self::join_next)
            /// until it returns `None`.
            ///
            /// # Examples
            ///
            /// ```
            /// use dormouse_core::{BlockOn, JoinSet};
            ///
            /// let runtime = dormouse_smol::Smol;
            /// let mut set = JoinSet::new(&runtime);
            /// for n in 1..=4 {
            ///     set.spawn(async move { n });
            /// }
            /// let values = runtime.block_on(set.join_all()).unwrap();
            /// assert_eq!(values.iter().sum::<i32>(), 10);
            /// ```
            pub async fn join_all(mut self) -> Result<Vec<$t>, JoinError> {
                let mut values = Values(Vec::with_capacity(self.len()));
                while let Some(result) = self.join_next().await {
                    values.0.push(result?);
                }
                Ok(std::mem::take(&mut values.0))
            }

            /// How many tasks are in the set: those whose results have not been taken.
            #[must_use]
            pub fn len(&self) -> usize {
                self.members.places.len()
            }

            /// Whether no task is in the set.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Aborts all tasks; they stay in the set until their results are taken.
            ///
            /// A task that has ended keeps its value.
            pub fn abort_all(&mut self) {
                self.members.abort_all();
            }

            /// Aborts all tasks and waits until their futures have been dropped; then the set is
            /// empty.
            ///
            /// Their results are dropped. If this future is dropped after its first poll, all tasks
            /// have still been aborted.
            ///
            /// # Examples
            ///
            /// ```
            /// use dormouse_core::{BlockOn, JoinSet, Sleeper};
            /// use std::{sync::Arc, time::Duration};
            ///
            /// let runtime = dormouse_smol::Smol;
            /// let held = Arc::new(());
            /// let mut set = JoinSet::new(&runtime);
            /// for _ in 0..10 {
            ///     let (held, sleep) = (held.clone(), runtime.sleep(Duration::MAX));
            ///     set.spawn(async move { sleep.await; drop(held) });
            /// }
            /// runtime.block_on(set.shutdown());
            /// assert_eq!(Arc::strong_count(&held), 1);
            /// ```
            pub async fn shutdown(&mut self) {
                self.abort_all();
                while let Some(result) = self.join_next().await {
                    drop_quietly(result);
                }
            }

            /// Lets all tasks go on by themselves; then the set is empty.
            pub fn detach_all(&mut self) {
                self.members.detach_all();
            }
        }

        /// The results of [`join_next`](Self::join_next). The stream ends when the set is empty,
        /// and goes on when a task is spawned after that.
        impl<$t: $($bound)*> Stream for $set<$t, $r> {
            type Item = Result<$t, JoinError>;

            fn poll_next(
                mut self: Pin<&mut Self>,
                cx: &mut Context<'_>,
            ) -> Poll<Option<Self::Item>> {
                self.poll_join_next(cx)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (self.len(), Some(self.len()))
            }
        }

        /// For `select!` and `select_next_some` of futures. It is terminated while the set is empty.
        impl<$t: $($bound)*> FusedStream for $set<$t, $r> {
            fn is_terminated(&self) -> bool {
                self.is_empty()
            }
        }

        // Nothing in it is pinned: handles of tasks are `Unpin`.
        impl<$t: $($bound)*> Unpin for $set<$t, $r> {}

        impl<$t: $($bound)*> fmt::Debug for $set<$t, $r> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($set))
                    .field("len", &self.len())
                    .finish_non_exhaustive()
            }
        }
    };
}

pub(super) use methods;
