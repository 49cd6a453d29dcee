//! A sleep on compio's timer, whose own type can't be named.

use std::fmt;
use std::future::{Future, pending};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

use compio_runtime::Runtime;
use compio_runtime::time::sleep_until;
use dormouse_core::adapter::{AlarmSleep, Shielded, current_runtime, drop_quietly, leave, wake};

/// A sleep on the timer of the compio runtime that polls it; outside of one, on a thread of the
/// standard library.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct CompioSleep {
    deadline: Instant,
    timer: Option<Timer>,
}

enum Timer {
    Compio(Shielded<Pin<Box<dyn Future<Output = ()>>>>),
    Alarm(AlarmSleep),
}

impl CompioSleep {
    pub(crate) fn until(deadline: Instant) -> Self {
        Self {
            deadline,
            timer: None,
        }
    }
}

impl Future for CompioSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = self.deadline;
        if deadline <= Instant::now() {
            return Poll::Ready(());
        }
        let in_compio = Runtime::try_with_current(|_| ()).is_ok();
        // Each poll arms compio's timer anew: the former one belongs to the runtime that polled it,
        // which may be another one, and may no longer be driven.
        if in_compio {
            let sleep = Shielded::new(Box::pin(sleep_until(deadline)) as _);
            self.timer = Some(Timer::Compio(sleep));
        } else if !matches!(self.timer, Some(Timer::Alarm(_))) {
            self.timer = Some(Timer::Alarm(AlarmSleep::until(deadline)));
        }
        // The waker of a `Coalesced` does not panic, but wakes foreign ones at once.
        let _foreign = (current_runtime() == Some("Coalesced")).then(leave);
        match &mut self.timer {
            Some(Timer::Compio(sleep)) => {
                ready!(sleep.poll(cx, || Box::pin(pending()), wake_in_a_task));
            }
            Some(Timer::Alarm(sleep)) => ready!(Pin::new(sleep).poll(cx)),
            None => unreachable!("armed above"),
        }
        Poll::Ready(())
    }
}

/// Wakes in a task of its own: compio wakes while it has borrowed its timers, which foreign code may
/// use, and which a panic would end.
fn wake_in_a_task(waker: Waker) {
    let mut late = Some(Late(Some(waker)));
    let spawned = Runtime::try_with_current(|runtime| {
        runtime.spawn(late.take().expect("taken once")).detach();
    });
    drop(spawned);
    late.into_iter().for_each(|mut late| late.wake());
}

/// The task that wakes. compio may drop it before its first poll, where a panic of the waker's
/// destructor would end the process.
struct Late(Option<Waker>);

impl Late {
    fn wake(&mut self) {
        self.0.take().into_iter().for_each(wake);
    }
}

impl Future for Late {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        self.wake();
        Poll::Ready(())
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        drop_quietly(self.0.take());
    }
}

impl fmt::Debug for CompioSleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompioSleep")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
