//! The suite as a foreign adapter calls it, and the watchdog of its cases.

use std::panic::catch_unwind;
use std::thread;
use std::time::Duration;

use dormouse_conformance::watch_for;

use crate::caught::words;

/// A complete foreign adapter in less than 60 lines: an executor that only runs futures, and timers
/// of another crate.
pub(crate) mod adapter {
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::{Arc, Weak};
    use std::task::{Context, Poll};
    use std::time::{Duration, Instant};

    use async_executor::Executor;
    use dormouse_core::adapter::{RemoteTask, poll_quietly, remote};
    use dormouse_core::{BlockOn, Sleeper, Spawner};
    use futures_timer::Delay;

    pub(crate) struct Owner(pub(crate) Arc<Executor<'static>>);

    impl Owner {
        pub(crate) fn handle(&self) -> Handle {
            Handle(Arc::downgrade(&self.0))
        }
    }

    impl BlockOn for Owner {
        fn block_on<F: Future>(&self, future: F) -> F::Output {
            futures::executor::block_on(self.0.run(future))
        }
    }

    #[derive(Clone)]
    pub(crate) struct Handle(Weak<Executor<'static>>);

    impl Sleeper for Handle {
        type Sleep = Sleep;

        fn now(&self) -> Instant {
            Instant::now()
        }

        fn sleep_until(&self, deadline: Instant) -> Sleep {
            let wait = deadline.saturating_duration_since(Instant::now());
            Sleep(deadline, Delay::new(wait.min(Duration::from_secs(1 << 32))))
        }
    }

    /// Checks the clock, as the timer alone is pending at its first poll even after the deadline.
    pub(crate) struct Sleep(Instant, Delay);

    impl Future for Sleep {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            if self.0 <= Instant::now() {
                return Poll::Ready(());
            }
            poll_quietly(cx, |cx| Pin::new(&mut self.1).poll(cx))
        }
    }

    impl Spawner for Handle {
        type Task<T: Send + 'static> = RemoteTask<T>;

        fn spawn<F>(&self, future: F) -> RemoteTask<F::Output>
        where
            F: Future + Send + 'static,
            F::Output: Send + 'static,
        {
            let (run, task) = remote(future);
            if let Some(executor) = self.0.upgrade() {
                executor.spawn(run).detach();
            }
            task
        }
    }
}

mod passes {
    use super::adapter::Owner;

    dormouse_conformance::conformance!(Owner(Default::default()));
}

/// The forms of the macro, with their options and trailing commas.
mod made_from_its_driver {
    use super::adapter::Owner;

    dormouse_conformance::conformance!(
        driver = Owner(Default::default()),
        |driver| driver.handle(),
        few_tasks,
    );
}

mod driven_by_another {
    use std::sync::{Arc, LazyLock};

    use super::adapter::Owner;

    /// It does not end with its driver.
    static EVERYBODY_S: LazyLock<Owner> = LazyLock::new(|| Owner(Default::default()));

    dormouse_conformance::conformance!(
        EVERYBODY_S.handle(),
        driver = Owner(Arc::clone(&EVERYBODY_S.0)),
        process_wide,
        few_tasks,
    );
}

#[test]
fn its_adapter_has_less_than_sixty_lines() {
    let lines = include_str!("foreign_adapter.rs").lines();
    let adapter = lines
        .skip_while(|line| !line.starts_with("pub(crate) mod adapter"))
        .take_while(|line| *line != "}")
        .filter(|line| !line.trim().is_empty());
    let count = adapter.count() - 1;
    assert!(count < 60, "{count} lines");
}

#[test]
fn a_case_that_hangs_is_named_with_its_promise() {
    let hangs = || {
        watch_for(Duration::from_millis(50), "a_zero_sleep_ends", || {
            thread::sleep(Duration::MAX);
        });
    };
    let message = words(&*catch_unwind(hangs).unwrap_err());
    assert!(
        message.starts_with("a_zero_sleep_ends: the promise \"a zero sleep ends\" is broken"),
        "{message}"
    );
}

#[test]
fn a_case_that_fails_says_so_in_its_own_words() {
    let fails = || {
        watch_for(Duration::from_secs(60), "a_zero_sleep_ends", || {
            panic!("it did not");
        });
    };
    assert_eq!(words(&*catch_unwind(fails).unwrap_err()), "it did not");
}
