//! Runtimes that are busy, that spend a budget, or that are dropped.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Coalesced, Sleeper, Spawner, Task, sleeper_fn, task_wait_n, wait_n};
use dormouse_smol::{Smol, SmolExecutor};
use dormouse_tokio::{Tokio, TokioRuntime};
use futures::future::select;

use crate::mock::{ms, sleep_on_time, within};

#[test]
fn a_budget_that_is_spent() {
    within(ms(5_000), || {
        async fn spend_and_sleep(sleeper: impl Sleeper) {
            let mut spent = 0;
            poll_fn(|cx| {
                while tokio::task::coop::poll_proceed(cx)
                    .map(|step| step.made_progress())
                    .is_ready()
                {
                    spent += 1;
                }
                Poll::Ready(())
            })
            .await;
            assert!(spent > 0);
            sleep_on_time(&sleeper, ms(50)).await;
        }
        let runtime = Coalesced::new(TokioRuntime::multi_thread(2));
        runtime.block_on(spend_and_sleep(runtime.handle()));
        let task = runtime.spawn(spend_and_sleep(runtime.handle()));
        assert!(runtime.block_on(task).is_ok());
    });
}

#[test]
fn tasks_that_spend_the_budget_beside_a_beat() {
    within(ms(20_000), || {
        let runtime = TokioRuntime::multi_thread(2);
        let sleeper = Coalesced::new(runtime.handle());
        runtime.block_on(async {
            let beat = pin!(async {
                loop {
                    sleeper.sleep(ms(1)).await;
                }
            });
            select(pin!(task_wait_n(&runtime, 20_000, 1)), beat).await;
        });
    });
}

/// Polls a sleep, then blocks its thread.
async fn poll_and_block<S: Sleeper<Sleep: Unpin>>(sleeper: S, after: Duration, block: Duration) {
    let mut sleep = sleeper.sleep(after);
    poll_fn(|cx| {
        assert!(Pin::new(&mut sleep).poll(cx).is_pending());
        thread::sleep(block);
        Poll::Ready(())
    })
    .await;
}

#[test]
fn all_threads_of_smol_are_busy() {
    within(ms(5_000), || {
        let runtime = Coalesced::new(SmolExecutor::new(2));
        for after in [20, 40] {
            let task = poll_and_block(runtime.handle(), ms(after), ms(1_000));
            runtime.spawn(task).detach();
        }
        thread::sleep(ms(10));
        // This thread is not busy.
        runtime.block_on(async {
            for _ in 0..5 {
                sleep_on_time(&runtime, ms(60)).await;
            }
        });
    });
}

#[test]
fn a_worker_of_tokio_is_busy() {
    within(ms(5_000), || {
        let runtime = Coalesced::new(TokioRuntime::multi_thread(2));
        let sleeper = runtime.handle();
        // If the driver were spawned on this worker, it would be the next task that this worker
        // runs.
        let task = poll_and_block(sleeper.clone(), ms(20), ms(1_000));
        runtime.spawn(task).detach();
        thread::sleep(ms(10));
        let other = runtime.spawn(async move {
            for _ in 0..5 {
                sleep_on_time(&sleeper, ms(60)).await;
            }
        });
        runtime.block_on(other).unwrap();
    });
}

#[test]
fn a_driver_that_is_told_by_a_busy_worker() {
    within(ms(5_000), || {
        let runtime = Coalesced::new(TokioRuntime::multi_thread(2));
        let sleeper = runtime.handle();
        let far = sleeper.clone();
        runtime
            .spawn(async move { far.sleep(ms(100_000)).await })
            .detach();
        thread::sleep(ms(10));
        let task = poll_and_block(sleeper.clone(), ms(20), ms(1_000));
        runtime.spawn(task).detach();
        thread::sleep(ms(10));
        let other = runtime.spawn(async move {
            for _ in 0..5 {
                sleep_on_time(&sleeper, ms(60)).await;
            }
        });
        runtime.block_on(other).unwrap();
    });
}

#[test]
fn every_wait_ends_while_the_runtime_rests() {
    within(ms(5_000), || {
        let rests = TokioRuntime::current_thread();
        let sleeper = Coalesced::new(rests.handle());
        for elsewhere in [
            TokioRuntime::current_thread(),
            TokioRuntime::multi_thread(1),
        ] {
            elsewhere.block_on(sleep_on_time(&sleeper, ms(20)));
            elsewhere.block_on(wait_n(&sleeper, 20, ms(20)));
            let delays = elsewhere.block_on(sleeper.wait_n(1_000, ms(50)));
            assert!(delays.len() == 1_000 && delays.is_sorted());
        }
    });
}

#[test]
fn a_sleeper_that_starts_no_tasks() {
    within(ms(5_000), || {
        let sleeper = Coalesced::on_thread(sleeper_fn(|duration| Smol.sleep(duration)));
        let (sender, receiver) = mpsc::channel();
        for after in [20, 10, 30] {
            let (sender, sleeper) = (sender.clone(), sleeper.clone());
            thread::spawn(move || {
                futures::executor::block_on(sleep_on_time(&sleeper, ms(after)));
                sender.send(after)
            });
        }
        drop(sender);
        assert_eq!(receiver.iter().count(), 3);
        // The driver's thread has ended by then; the next sleep starts another one.
        thread::sleep(ms(20));
        futures::executor::block_on(sleep_on_time(&sleeper, ms(20)));
    });
}

#[test]
fn slacks_without_end() {
    within(ms(5_000), || {
        let runtime = Coalesced::with_slack(SmolExecutor::new(1), Duration::MAX);
        runtime.block_on(sleep_on_time(&runtime, ms(20)));
        let runtime = Coalesced::with_slack(SmolExecutor::new(1), Duration::ZERO);
        runtime.block_on(sleep_on_time(&runtime, ms(20)));
        let mut far = runtime.sleep(Duration::MAX);
        let polled = poll_fn(|cx| Poll::Ready(Pin::new(&mut far).poll(cx).is_pending()));
        assert!(runtime.block_on(polled));
        runtime.block_on(sleep_on_time(&runtime, ms(20)));
    });
}

/// The runtime may be dropped before the driver has been polled.
#[test]
fn a_runtime_that_goes_before_the_driver_has_run() {
    within(ms(5_000), || {
        for runtime in [
            TokioRuntime::multi_thread(1),
            TokioRuntime::current_thread(),
        ] {
            let shared = Coalesced::new(Tokio);
            let (start, mut sleep) = runtime.block_on(async {
                let mut sleep = Box::pin(shared.sleep(ms(100)));
                poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx).is_pending())).await;
                (Instant::now(), sleep)
            });
            drop(runtime);
            Smol.block_on(sleep.as_mut());
            assert!(start.elapsed() >= ms(90), "{:?}", start.elapsed());
        }
    });
}

#[test]
fn an_ambient_one_polled_first_where_there_is_no_runtime() {
    within(ms(20_000), || {
        let runtime = TokioRuntime::multi_thread(1);
        let sleeper = Coalesced::new(Tokio);
        let start = Instant::now();
        let sleeps = runtime.block_on(async { [30, 10, 20].map(|wait| sleeper.sleep(ms(wait))) });
        Smol.block_on(async {
            futures::future::join_all(sleeps).await;
        });
        assert!(start.elapsed() >= ms(30));
        // The next one that is polled on the runtime starts a driver there.
        runtime.block_on(sleep_on_time(&sleeper, ms(20)));
        // Made and polled on a plain thread, beside the driver and after its end.
        Smol.block_on(sleep_on_time(&sleeper, ms(20)));
        thread::sleep(ms(50));
        Smol.block_on(sleep_on_time(&sleeper, ms(20)));
    });
}

#[test]
fn waits_go_on_where_no_timer_can_be_made() {
    let runtime = TokioRuntime::current_thread();
    let waits = runtime.block_on(poll_fn(|_| {
        let waits = Coalesced::new(Tokio).wait_n(5, ms(20));
        Poll::Ready(waits)
    }));
    drop(runtime);
    assert_eq!(futures::executor::block_on(waits).len(), 5);
}
