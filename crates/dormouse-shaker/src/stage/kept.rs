//! Sleeps that are polled once and then held.

use crate::program::{Id, Kept, Then};
use crate::stage::futures::poll_as;
use crate::stage::{Host, Stage, sleep_word};

impl<R: Host> Stage<R> {
    pub(super) async fn kept(&self, id: Id, kept: &Kept) {
        let deadline = self.runtime.now() + self.time(kept.sleep);
        let mut sleep = Box::pin(self.runtime.sleep(self.time(kept.sleep)));
        let ended = poll_as(kept.poll, sleep.as_mut()).await.is_some();
        if ended {
            self.on_time(id, deadline);
        }
        if !kept.meanwhile.is_empty() {
            self.run(&kept.meanwhile).await;
        }
        let word = match kept.then {
            Then::Drop => "gone".into(),
            Then::Forget => {
                std::mem::forget(sleep);
                "gone".into()
            }
            Then::Await | Then::Outlive if ended => {
                if kept.then == Then::Await {
                    "done".into()
                } else {
                    "ended".into()
                }
            }
            Then::Await => {
                sleep.await;
                self.on_time(id, deadline);
                "done".into()
            }
            Then::Elsewhere => {
                let stage = self.clone();
                let task = self.runtime.spawn(async move {
                    if !ended {
                        sleep.await;
                        stage.on_time(id, deadline);
                    }
                });
                sleep_word(task.await)
            }
            Then::Outlive => {
                let mut bag = self.bag.lock().expect("no foreign code runs under it");
                bag.sleeps.push((id, deadline, sleep));
                "ended".into()
            }
        };
        self.log.see(id, "kept", word);
    }
}
