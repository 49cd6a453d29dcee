//! What it costs to spawn tasks into a set and join them: `JoinSet` beside tokio's own.
//!
//! `cargo bench -p dormouse-benches --bench join_set -- [ROUNDS [TASKS]]`. Each round measures every
//! set in turn. The figures are CPU time per task, medians over the rounds, and a ratio is the median
//! of the rounds' ratios to the first row, which is tokio's own set where there is one.

use std::future::Future;
use std::hint::black_box;

use dormouse::{BlockOn, JoinSet, Smol, TokioHandle};
use dormouse_benches::in_turn::{cpu_nanos, in_turn};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::runtime::{Builder, Runtime};

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|number| number.parse::<u32>().ok());
    let rounds = numbers.next().unwrap_or(15);
    let tasks = numbers.next().unwrap_or(100_000);
    let runtimes = [
        ("current thread", Builder::new_current_thread().build()),
        (
            "2 threads",
            Builder::new_multi_thread().worker_threads(2).build(),
        ),
    ];
    for (name, runtime) in runtimes {
        let rig = Rig {
            tokio: runtime.expect("a runtime of tokio"),
            rounds,
            tasks,
        };
        rig.at_once(name);
        rig.later(name);
        rig.in_turn(name);
        rig.elsewhere(name);
    }
}

struct Rig {
    tokio: Runtime,
    rounds: u32,
    tasks: u32,
}

impl Rig {
    /// Tasks that end at their first poll.
    fn at_once(&self, name: &str) {
        self.compare(&format!("{name}, end at once"), || async { black_box(1) });
    }

    /// Tasks that wait a while, so that the set waits for them.
    fn later(&self, name: &str) {
        self.compare(&format!("{name}, yield three times"), || async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            black_box(1)
        });
    }

    /// Spawns all tasks, then joins them.
    fn compare<F>(&self, title: &str, future: impl Fn() -> F)
    where
        F: Future<Output = u32> + Send + 'static,
    {
        self.table(
            title,
            &mut [
                ("tokio", &mut || {
                    self.tokio.block_on(async {
                        let mut set = tokio::task::JoinSet::new();
                        (0..self.tasks).for_each(|_| _ = set.spawn(future()));
                        while set.join_next().await.is_some() {}
                    });
                }),
                ("dormouse", &mut || {
                    let handle = TokioHandle::from(self.tokio.handle().clone());
                    self.tokio.block_on(async {
                        let mut set = JoinSet::new(&handle);
                        (0..self.tasks).for_each(|_| _ = set.spawn(future()));
                        while set.join_next().await.is_some() {}
                    });
                }),
                ("FuturesUnordered", &mut || {
                    self.tokio.block_on(async {
                        let mut set: FuturesUnordered<_> =
                            (0..self.tasks).map(|_| tokio::spawn(future())).collect();
                        while set.next().await.is_some() {}
                    });
                }),
            ],
        );
    }

    /// A set with up to 64 tasks at a time, as in a server.
    fn in_turn(&self, name: &str) {
        let future = || async {
            tokio::task::yield_now().await;
            black_box(1)
        };
        self.table(
            &format!("{name}, 64 at a time"),
            &mut [
                ("tokio", &mut || {
                    self.tokio.block_on(async {
                        let mut set = tokio::task::JoinSet::new();
                        for _ in 0..self.tasks {
                            if set.len() == 64 {
                                _ = set.join_next().await;
                            }
                            set.spawn(future());
                        }
                        while set.join_next().await.is_some() {}
                    });
                }),
                ("dormouse", &mut || {
                    let handle = TokioHandle::from(self.tokio.handle().clone());
                    self.tokio.block_on(async {
                        let mut set = JoinSet::new(&handle);
                        for _ in 0..self.tasks {
                            if set.len() == 64 {
                                _ = set.join_next().await;
                            }
                            set.spawn(future());
                        }
                        while set.join_next().await.is_some() {}
                    });
                }),
            ],
        );
    }

    /// The same with tasks of smol, which has no set of its own.
    fn elsewhere(&self, name: &str) {
        if name != "current thread" {
            return;
        }
        let future = || async {
            smol::future::yield_now().await;
            black_box(1)
        };
        self.table(
            "smol, yield once",
            &mut [
                ("FuturesUnordered", &mut || {
                    smol::block_on(async {
                        let mut set: FuturesUnordered<_> =
                            (0..self.tasks).map(|_| smol::spawn(future())).collect();
                        while set.next().await.is_some() {}
                    });
                }),
                ("dormouse", &mut || {
                    Smol.block_on(async {
                        let mut set = JoinSet::new(&Smol);
                        (0..self.tasks).for_each(|_| _ = set.spawn(future()));
                        while set.join_next().await.is_some() {}
                    });
                }),
            ],
        );
    }

    fn table(&self, title: &str, rows: &mut [(&str, &mut dyn FnMut())]) {
        let tasks = self.tasks;
        let rows = rows
            .iter_mut()
            .map(|(name, run)| (*name, move || cpu_nanos(tasks, &mut *run)));
        let title = format!("{title}, {tasks} tasks, CPU a task");
        in_turn(&title, self.rounds, &mut rows.collect::<Vec<_>>());
    }
}
