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

/// Spawns all tasks into a set, with at most so many of them at a time, and joins them. tokio's set and
/// ours have the same methods, but no trait in common.
macro_rules! spawn_and_join {
    ($set:expr, $tasks:expr, $most:expr, $future:expr) => {
        let mut set = $set;
        for _ in 0..$tasks {
            if set.len() == $most {
                _ = set.join_next().await;
            }
            set.spawn($future);
        }
        while set.join_next().await.is_some() {}
    };
}

impl Rig {
    /// Tasks that end at their first poll.
    fn at_once(&self, name: &str) {
        let title = format!("{name}, end at once");
        self.compare(&title, usize::MAX, || async { black_box(1) });
    }

    /// Tasks that wait a while, so that the set waits for them.
    fn later(&self, name: &str) {
        let title = format!("{name}, yield three times");
        self.compare(&title, usize::MAX, || async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            black_box(1)
        });
    }

    /// A set with up to 64 tasks at a time, as in a server.
    fn in_turn(&self, name: &str) {
        self.compare(&format!("{name}, 64 at a time"), 64, || async {
            tokio::task::yield_now().await;
            black_box(1)
        });
    }

    fn compare<F>(&self, title: &str, most: usize, future: impl Fn() -> F)
    where
        F: Future<Output = u32> + Send + 'static,
    {
        let tasks = self.tasks;
        let mut theirs = || {
            self.tokio.block_on(async {
                spawn_and_join!(tokio::task::JoinSet::new(), tasks, most, future());
            });
        };
        let mut ours = || {
            let handle = TokioHandle::from(self.tokio.handle().clone());
            self.tokio.block_on(async {
                spawn_and_join!(JoinSet::new(&handle), tasks, most, future());
            });
        };
        let mut unordered = || {
            self.tokio.block_on(async {
                let mut set: FuturesUnordered<_> =
                    (0..tasks).map(|_| tokio::spawn(future())).collect();
                while set.next().await.is_some() {}
            });
        };
        let mut rows: Vec<(&str, &mut dyn FnMut())> =
            vec![("tokio", &mut theirs), ("dormouse", &mut ours)];
        if most == usize::MAX {
            rows.push(("FuturesUnordered", &mut unordered));
        }
        self.table(title, &mut rows);
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
                        spawn_and_join!(JoinSet::new(&Smol), self.tasks, usize::MAX, future());
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
