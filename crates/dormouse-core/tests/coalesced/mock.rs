//! What the cases have in common.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Coalesced, Runtime, Sleeper, Spawner, ToHandle};
use dormouse_smol::SmolExecutor;
use dormouse_tokio::TokioRuntime;

pub(crate) fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Fails if the case takes longer than this: sleeps that are never woken must not hang the test.
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    case: impl FnOnce() -> T + Send + 'static,
) -> T {
    let (sender, receiver) = mpsc::channel();
    let case = thread::spawn(move || {
        let result = case();
        let _ = sender.send(());
        result
    });
    match receiver.recv_timeout(limit) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it takes longer than {limit:?}"),
        _ => case
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}

/// How late a sleep may be on a machine that is also busy otherwise. A sleep that depends on
/// another one would be a second late, or never end.
pub(crate) const LATE: Duration = Duration::from_millis(250);

/// Sleeps for `duration`, and checks the clock.
pub(crate) async fn sleep_on_time<S: Sleeper>(sleeper: &S, duration: Duration) {
    let start = Instant::now();
    sleeper.sleep(duration).await;
    let slept = start.elapsed();
    assert!(slept >= duration, "{slept:?} for {duration:?}");
    assert!(slept < duration + LATE, "{slept:?} for {duration:?}");
}

/// Polls it once with the waker of the task; whether it was ready.
pub(crate) async fn poll_once<F: Future + Unpin>(future: &mut F) -> bool {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx).is_ready())).await
}

/// The owner of a runtime on which to run a case.
pub(crate) trait Owner:
    BlockOn + Spawner + ToHandle<Handle: Runtime> + Send + Sync + 'static
{
}

impl<R: BlockOn + Spawner + ToHandle<Handle: Runtime> + Send + Sync + 'static> Owner for R {}

pub(crate) fn smol() -> Coalesced<SmolExecutor> {
    Coalesced::new(SmolExecutor::new(2))
}

pub(crate) fn tokio() -> Coalesced<TokioRuntime> {
    Coalesced::new(TokioRuntime::multi_thread(2))
}

pub(crate) fn tokio_current_thread() -> Coalesced<TokioRuntime> {
    Coalesced::new(TokioRuntime::current_thread())
}

/// Makes a test of a case for each runtime.
macro_rules! on_each_runtime {
    ($($case:ident;)*) => {$(
        mod $case {
            use crate::mock::{ms, smol, tokio, tokio_current_thread, within};

            #[test]
            fn on_smol() {
                within(ms(10_000), || super::$case(&smol()));
            }

            #[test]
            fn on_tokio() {
                within(ms(10_000), || super::$case(&tokio()));
            }

            #[test]
            fn on_tokio_current_thread() {
                within(ms(10_000), || super::$case(&tokio_current_thread()));
            }
        }
    )*};
}

pub(crate) use on_each_runtime;
