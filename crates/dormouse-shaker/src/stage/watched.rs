//! Wraps a task's future to record that it ends, and how.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::log::Log;
use crate::program::Id;
use crate::stage::Boxed;
use crate::stage::bombs::Output;

/// The future of a spawned task.
pub(crate) struct Watched {
    body: Option<Boxed>,
    id: Id,
    bomb: bool,
    log: Arc<Log>,
}

impl Watched {
    pub(crate) fn new(body: Boxed, id: Id, bomb: bool, log: &Arc<Log>) -> Self {
        log.begin();
        Self {
            body: Some(body),
            id,
            bomb,
            log: Arc::clone(log),
        }
    }

    fn end(&mut self, word: &str) {
        self.log.see(self.id, "task", word);
        self.log.end();
    }
}

impl Future for Watched {
    type Output = Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Output> {
        let this = &mut *self;
        let Some(body) = &mut this.body else {
            this.log
                .wrong(format!("#{}: a task is polled after its end", this.id));
            return Poll::Pending;
        };
        match catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(())) => {
                this.body = None;
                this.end("done");
                Poll::Ready(Output::new(this.id, this.bomb))
            }
            Err(payload) => {
                // Dropped without another panic, as during the compiler's own unwinding.
                let body = this.body.take();
                let _ = catch_unwind(AssertUnwindSafe(|| drop(body)));
                this.end("panicked");
                resume_unwind(payload);
            }
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let Some(body) = self.body.take() else {
            return;
        };
        match catch_unwind(AssertUnwindSafe(|| drop(body))) {
            Ok(()) => self.end("dropped"),
            Err(payload) => {
                self.end("panicked");
                resume_unwind(payload);
            }
        }
    }
}
