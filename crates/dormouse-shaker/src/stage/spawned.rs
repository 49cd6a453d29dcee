//! Tasks, closures that block, and what is done with their handles.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::task::{Context, Waker};
use std::thread;

use dormouse::{AbortOnDrop, BlockOn, Task, Threads};

use crate::program::{Blocking, BlockingFate, Fate, Id, Spawn};
use crate::stage::bombs::{Ours, Output, panic_text};
use crate::stage::futures::poll_as;
use crate::stage::watched::Watched;
use crate::stage::{Host, Stage, join_word};

impl<R: Host> Stage<R> {
    pub(super) async fn spawn(&self, id: Id, spawn: &Spawn) {
        let body = self.run(&spawn.body);
        let task = self
            .runtime
            .spawn(Watched::new(body, id, spawn.bomb, &self.log));
        if matches!(spawn.fate, Fate::Guard | Fate::Cancel) {
            self.guarded(id, spawn, AbortOnDrop::new(task)).await;
        } else {
            self.plain(id, spawn, task).await;
        }
    }

    async fn guarded(&self, id: Id, spawn: &Spawn, mut task: AbortOnDrop<R::Task<Output>>) {
        let result = poll_as(spawn.poll, Pin::new(&mut task)).await;
        let word = result.map(|result| join_word(id, result));
        self.meanwhile(spawn).await;
        if spawn.fate == Fate::Guard {
            return;
        }
        let word = match word {
            Some(word) => word,
            None => join_word(id, task.cancel().await),
        };
        self.log.see(id, "join", word);
    }

    async fn plain(&self, id: Id, spawn: &Spawn, mut task: R::Task<Output>) {
        let result = poll_as(spawn.poll, Pin::new(&mut task)).await;
        let word = result.map(|result| join_word(id, result));
        self.meanwhile(spawn).await;
        match spawn.fate {
            Fate::Abort { twice } => {
                task.abort();
                if twice {
                    task.abort();
                }
            }
            Fate::Ask => {
                let finished = task.is_finished();
                let known = word.is_some();
                self.log.check(finished || !known, || {
                    format!("#{id}: resolved, and not finished")
                });
            }
            _ => {}
        }
        if let Some(word) = word {
            if !matches!(spawn.fate, Fate::Drop | Fate::Detach | Fate::Forget) {
                self.log.see(id, "join", word);
            }
            if spawn.fate == Fate::Again {
                self.again(id, task);
            }
            return;
        }
        match spawn.fate {
            Fate::Drop => drop(task),
            Fate::Detach => task.detach(),
            Fate::Forget => std::mem::forget(task),
            Fate::Keep => {
                let mut bag = self.bag.lock().expect("no foreign code runs under it");
                bag.tasks.push((id, task));
            }
            Fate::Elsewhere => {
                let courier = self.runtime.spawn(async move { join_word(id, task.await) });
                let word = courier.await.unwrap_or_else(|_| "lost".into());
                self.log.see(id, "join", word);
            }
            _ => {
                let result = (&mut task).await;
                self.log.see(id, "join", join_word(id, result));
                if spawn.fate == Fate::Again {
                    self.again(id, task);
                }
            }
        }
    }

    async fn meanwhile(&self, spawn: &Spawn) {
        if !spawn.meanwhile.is_empty() {
            self.run(&spawn.meanwhile).await;
        }
    }

    /// A handle that is polled after its end panics, with our message.
    fn again(&self, id: Id, mut task: R::Task<Output>) {
        let mut cx = Context::from_waker(Waker::noop());
        let again = catch_unwind(AssertUnwindSafe(|| {
            let _ = Pin::new(&mut task)
                .poll(&mut cx)
                .map(|result| join_word(id, result));
        }));
        let word = match again {
            Ok(()) => "answered".into(),
            Err(payload) => panic_text(payload, "polled after it had resolved"),
        };
        self.log.see(id, "again", word);
    }

    pub(super) async fn blocking(&self, id: Id, of: Blocking) {
        let time = self.time(of.ticks);
        let mut task = self.runtime.spawn_blocking(move || {
            thread::sleep(time);
            // In a closure that blocks, `block_on` is allowed.
            Threads.block_on(async {});
            if of.panics {
                panic_any(Ours(format!("text {id}")));
            }
            Output::new(id, false)
        });
        self.runtime.sleep(self.time(of.after)).await;
        match of.fate {
            BlockingFate::Await => {}
            BlockingFate::Abort => task.abort(),
            BlockingFate::Drop => return,
        }
        let result = task.await;
        self.log.see(id, "join", join_word(id, result));
    }
}
