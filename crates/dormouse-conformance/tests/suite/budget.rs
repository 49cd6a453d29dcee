//! A sleeper with a budget: tokio's own sleep, which is pending once its task has done enough.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use dormouse_conformance::cases;
use dormouse_core::{Sleeper, Spawner};
use dormouse_tokio::{TokioHandle, TokioRuntime, TokioTask};
use tokio::time;

use crate::caught::{by, files};

#[derive(Clone)]
struct Budgeted(TokioHandle);

impl Sleeper for Budgeted {
    type Sleep = Pin<Box<time::Sleep>>;

    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep_until(&self, deadline: Instant) -> Self::Sleep {
        let _context = self.0.as_ref().enter();
        Box::pin(time::sleep_until(deadline.into()))
    }
}

impl Spawner for Budgeted {
    type Task<T: Send + 'static> = TokioTask<T>;

    fn spawn<F>(&self, future: F) -> TokioTask<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.0.spawn(future)
    }
}

files!(Files: ready, timeouts);

fn make() -> (Budgeted, TokioRuntime) {
    let driver = TokioRuntime::multi_thread(2);
    (Budgeted(driver.handle()), driver)
}

#[test]
fn a_sleep_that_is_counted_against_a_budget_is_caught() {
    let names = [
        "a_sleep_is_ready_whatever_its_task_has_done",
        "a_sleep_is_ready_after_many_handles",
        "a_timeout_fires_over_a_future_that_is_always_busy",
        "a_due_sleep_is_ready_at_its_first_poll",
        "a_sleep_in_a_task_is_ready_whatever_it_has_done",
    ];
    let words = "others in the same poll, one that was due was pending";
    by(make, cases::chosen::<_, _, Files>, &names, words);
}
