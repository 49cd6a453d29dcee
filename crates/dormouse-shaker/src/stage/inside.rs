//! Another runtime inside a task.

use dormouse::{
    FuturesPool, JoinError, Sleeper, SmolExecutor, Spawner, Task, Threads, TokioRuntime,
};

use crate::program::{Id, Other, Ticks};
use crate::stage::{Host, Stage, sleep_word};

impl<R: Host> Stage<R> {
    pub(super) async fn inside(&self, id: Id, other: Other, sleep: Ticks, after: Ticks) {
        match other {
            Other::Tokio => {
                self.with(id, TokioRuntime::multi_thread(1), sleep, after)
                    .await;
            }
            Other::TokioCurrentThread => {
                self.with(id, TokioRuntime::current_thread(), sleep, after)
                    .await;
            }
            Other::Smol => self.with(id, SmolExecutor::new(1), sleep, after).await,
            Other::Futures => self.with(id, FuturesPool::new(1), sleep, after).await,
            // It has no owner whose drop would end the task.
            Other::Threads => {
                let mut task = Threads.spawn(Threads.sleep(self.time(sleep)));
                self.runtime.sleep(self.time(after)).await;
                task.abort();
                self.inside_word(id, task.await);
            }
        }
    }

    async fn with<O>(&self, id: Id, owner: O, sleep: Ticks, after: Ticks)
    where
        O: Sleeper<Sleep: Send + 'static> + Spawner + Send + Sync,
    {
        let task = owner.spawn(owner.sleep(self.time(sleep)));
        self.runtime.sleep(self.time(after)).await;
        drop(owner);
        self.inside_word(id, task.await);
    }

    fn inside_word(&self, id: Id, result: Result<(), JoinError>) {
        self.log.see(id, "inside", sleep_word(result));
    }
}
