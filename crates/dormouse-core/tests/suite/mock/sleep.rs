//! One sleep on the mock.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use dormouse_core::Sleeper;

use crate::mock::{Mock, Number, State};

impl Sleeper for Mock {
    type Sleep = MockSleep;

    fn now(&self) -> Instant {
        self.start + self.time()
    }

    fn sleep_until(&self, deadline: Instant) -> MockSleep {
        let mut sleeps = self.sleeps();
        let number = sleeps.made.len();
        sleeps.made.push(deadline);
        sleeps.live.insert(number, State::default());
        drop(sleeps);
        MockSleep {
            mock: self.clone(),
            number,
        }
    }
}

/// A sleep on the [`Mock`].
#[derive(Debug)]
pub(crate) struct MockSleep {
    mock: Mock,
    number: Number,
}

impl Future for MockSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let new = cx.waker().clone();
        let mut sleeps = self.mock.sleeps();
        sleeps.polls += 1;
        if sleeps
            .refuse_every
            .is_some_and(|every| sleeps.polls % every == 0)
        {
            drop(sleeps);
            new.wake();
            return Poll::Pending;
        }
        let due = sleeps.made[self.number] <= self.mock.start + sleeps.now;
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

impl Drop for MockSleep {
    fn drop(&mut self) {
        let state = self.mock.sleeps().live.remove(&self.number);
        drop(state);
    }
}
