//! One sleep on the stage.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use dormouse_core::Sleeper;

use crate::stage::{Number, Stage, State};

impl Sleeper for Stage {
    type Sleep = StageSleep;

    fn now(&self) -> Instant {
        self.start + self.time()
    }

    fn sleep_until(&self, deadline: Instant) -> StageSleep {
        let mut sleeps = self.sleeps();
        let number = sleeps.made.len();
        sleeps.made.push(deadline);
        sleeps.live.insert(number, State::default());
        drop(sleeps);
        StageSleep {
            stage: self.clone(),
            number,
        }
    }
}

/// A sleep on the [`Stage`].
#[derive(Debug)]
pub(crate) struct StageSleep {
    stage: Stage,
    number: Number,
}

impl Future for StageSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let new = cx.waker().clone();
        let mut sleeps = self.stage.sleeps();
        sleeps.polls += 1;
        if sleeps
            .refuse_every
            .is_some_and(|every| sleeps.polls % every == 0)
        {
            drop(sleeps);
            new.wake();
            return Poll::Pending;
        }
        let due = sleeps.made[self.number] <= self.stage.start + sleeps.now;
        let state = sleeps.live.get_mut(&self.number).expect("it lives");
        if state.panics {
            drop(sleeps);
            panic!("the sleep {} was to panic", self.number);
        }
        if state.over || due && state.waker.is_none() {
            state.over = true;
            sleeps.ended.push(self.number);
            return Poll::Ready(());
        }
        let former = state.waker.replace(new);
        drop(sleeps);
        drop(former);
        Poll::Pending
    }
}

impl Drop for StageSleep {
    fn drop(&mut self) {
        let state = self.stage.sleeps().live.remove(&self.number);
        drop(state);
    }
}
