//! Timeouts in tasks, around an operation that is over long before them.

use std::future::Future;

use dormouse::{Runtime, Spawner, timeout};
use dormouse_benches::in_turn::cpu_nanos;
use futures::channel::mpsc::{Receiver, channel};
use futures::executor::block_on;
use futures::future::Either;
use futures::{SinkExt, StreamExt};

use crate::{Rig, TIMEOUT};

/// In so many tasks or pairs of tasks at a time.
const TASKS: u32 = 64;

impl Rig<'_> {
    /// A task that gives up its turn, under a timeout: CPU time per operation.
    pub(crate) fn yields(&self) {
        let n = self.cycles / 16;
        let yields = tokio::task::yield_now;
        self.table(
            "timeout(5 s, yield_now) in 64 tasks, CPU",
            &mut [
                ("tokio", &mut || {
                    self.loops(n, move || async move {
                        _ = tokio::time::timeout(TIMEOUT, yields()).await;
                    })
                }),
                ("without", &mut || self.loops(n, yields)),
                ("coalesced tokio", &mut || {
                    let sleeper = self.coalesced.clone();
                    self.loops(n, move || {
                        let timeout = timeout(&sleeper, TIMEOUT, yields());
                        async move { _ = timeout.await }
                    })
                }),
            ],
        );
    }

    /// A task that receives from a channel under a timeout, and one that sends: CPU time per item.
    pub(crate) fn channels(&self) {
        let (tokio, smol) = (&self.tokio, &self.smol);
        let without = |mut items: Receiver<()>| async move {
            _ = items.next().await;
            items
        };
        self.table(
            "timeout(5 s, receive) in 64 tasks of tokio, CPU",
            &mut [
                ("tokio", &mut || {
                    self.items(tokio, |mut items| async move {
                        _ = tokio::time::timeout(TIMEOUT, items.next()).await;
                        items
                    })
                }),
                ("without", &mut || self.items(tokio, without)),
                ("coalesced tokio", &mut || {
                    self.items_in_time(tokio, &self.coalesced)
                }),
            ],
        );
        self.table(
            "timeout(5 s, receive) in 64 tasks of smol, CPU",
            &mut [
                ("smol", &mut || self.items_in_time(smol, smol)),
                ("without", &mut || self.items(smol, without)),
                ("coalesced smol", &mut || {
                    self.items_in_time(smol, &self.coalesced_smol)
                }),
            ],
        );
    }

    fn loops<F>(&self, n: u32, operation: impl Fn() -> F + Clone + Send + 'static) -> f64
    where
        F: Future<Output = ()> + Send,
    {
        let tasks = (0..TASKS).map(|_| {
            let operation = operation.clone();
            async move {
                for _ in 0..n {
                    operation().await;
                }
            }
        });
        cpu_nanos(TASKS * n, || join(&self.tokio, tasks))
    }

    fn items<F>(
        &self,
        spawner: &impl Spawner,
        receive: impl Fn(Receiver<()>) -> F + Clone + Send + 'static,
    ) -> f64
    where
        F: Future<Output = Receiver<()>> + Send,
    {
        let n = self.cycles / 16;
        let pairs = (0..TASKS).flat_map(|_| {
            let (mut sender, mut items) = channel(0);
            let receive = receive.clone();
            let receives = async move {
                for _ in 0..n {
                    items = receive(items).await;
                }
            };
            let sends = async move {
                for _ in 0..n {
                    sender.send(()).await.expect("its receiver is there");
                }
            };
            [Either::Left(receives), Either::Right(sends)]
        });
        cpu_nanos(TASKS * n, || join(spawner, pairs))
    }

    fn items_in_time<S: Runtime>(&self, spawner: &impl Spawner, sleeper: &S) -> f64 {
        let sleeper = sleeper.clone();
        self.items(spawner, move |mut items| {
            let sleeper = sleeper.clone();
            async move {
                _ = timeout(&sleeper, TIMEOUT, items.next()).await;
                items
            }
        })
    }
}

/// Runs these tasks to their ends.
pub(crate) fn join<F: Future<Output = ()> + Send + 'static>(
    spawner: &impl Spawner,
    tasks: impl IntoIterator<Item = F>,
) {
    let tasks: Vec<_> = tasks.into_iter().map(|task| spawner.spawn(task)).collect();
    block_on(async {
        for task in tasks {
            task.await.expect("it ends");
        }
    });
}
