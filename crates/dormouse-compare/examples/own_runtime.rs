//! A runtime of your own as a row beside the others, in all six workloads.
//!
//! The runtime is one thread that runs the tasks that are ready, in order. It implements the traits of
//! dormouse, and `OwnRuntime` to be a row.
//!
//! ```sh
//! cargo run --release -p dormouse-compare --features smol,threads,tokio --example own_runtime
//! ```

use std::future::Future;
use std::num::NonZeroUsize;
use std::sync::mpsc::{self, Sender};
use std::thread;

use async_task::Runnable;
use dormouse::{BlockOn, Instant, Sleeper, Spawner};
use dormouse_compare::{Builtin, Comparison, Error, OwnRuntime, RuntimeName};
use dormouse_core::adapter::{AlarmSleep, RemoteTask, remote};

/// The owner. Its thread ends when the last handle and the last task are gone.
struct Lane {
    handle: LaneHandle,
}

/// The handle of a [`Lane`], which is a `Runtime`.
#[derive(Clone, Debug)]
struct LaneHandle {
    queue: Sender<Runnable>,
}

impl Lane {
    fn new() -> Self {
        let (queue, ready) = mpsc::channel::<Runnable>();
        thread::spawn(move || {
            for task in ready {
                task.run();
            }
        });
        let handle = LaneHandle { queue };
        Self { handle }
    }
}

impl Sleeper for LaneHandle {
    type Sleep = AlarmSleep;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> AlarmSleep {
        AlarmSleep::until(deadline)
    }
}

impl Spawner for LaneHandle {
    type Task<T: Send + 'static> = RemoteTask<T>;

    fn spawn<F>(&self, future: F) -> RemoteTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, handle) = remote(future);
        let queue = self.queue.clone();
        // If the lane is gone, the task is dropped, which cancels it.
        let schedule = move |task| drop(queue.send(task));
        let (first, task) = async_task::spawn(run, schedule);
        task.detach();
        first.schedule();
        handle
    }
}

dormouse_core::owner!(Lane => LaneHandle: Sleeper, Spawner);

impl BlockOn for Lane {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        dormouse::Threads.block_on(future)
    }
}

/// The row of the comparison.
struct LaneRow;

impl OwnRuntime for LaneRow {
    type Owner = Lane;

    fn name(&self) -> String {
        "lane".into()
    }

    fn version(&self) -> String {
        "0.1.0".into()
    }

    fn make(&self, _threads: usize) -> Lane {
        Lane::new()
    }

    fn threads(&self, _asked: Option<NonZeroUsize>) -> usize {
        1
    }
}

fn main() -> Result<(), Error> {
    let rounds = std::env::args().nth(1);
    let rounds = rounds.and_then(|rounds| rounds.parse().ok());
    let session = Comparison::of_builtin(Builtin::ALL.to_vec())
        .built_in([RuntimeName::Tokio, RuntimeName::Smol])
        .own_runtime(LaneRow)
        .floor()
        .n([200])
        .rounds(rounds.unwrap_or(8))
        .run(&mut ())?;
    print!("{}", session.report().text(80));
    if !session.is_whole() {
        return Err(Error::run("a run has failed"));
    }
    Ok(())
}
