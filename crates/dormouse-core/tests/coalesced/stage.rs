//! What the cases have in common.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use dormouse_core::{BlockOn, Coalesced, Sleeper, ToHandle};
use dormouse_smol::SmolExecutor;
use dormouse_tokio::TokioRuntime;

pub(crate) fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Fails where the case takes longer than this, as what used to be wrong would never end.
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

/// Later than this is nobody, on a machine that does other things, too.
pub(crate) const LATE: Duration = Duration::from_millis(60);

/// Sleeps for so long, and looks at the clock before and after.
pub(crate) async fn sleep_on_time<S: Sleeper>(sleeper: &S, duration: Duration) {
    let start = Instant::now();
    sleeper.sleep(duration).await;
    let slept = start.elapsed();
    assert!(slept >= duration, "{slept:?} for {duration:?}");
    assert!(slept < duration + LATE, "{slept:?} for {duration:?}");
}

/// A runtime to try a case on.
pub(crate) trait Owner:
    BlockOn + Send + Sync + 'static + ToHandle<Handle: dormouse_core::Runtime>
{
}

impl<R: BlockOn + Send + Sync + 'static + ToHandle<Handle: dormouse_core::Runtime>> Owner for R {}

pub(crate) fn smol() -> Coalesced<SmolExecutor> {
    Coalesced::new(SmolExecutor::new(2))
}

pub(crate) fn tokio() -> Coalesced<TokioRuntime> {
    Coalesced::new(TokioRuntime::multi_thread(2))
}

pub(crate) fn tokio_current_thread() -> Coalesced<TokioRuntime> {
    Coalesced::new(TokioRuntime::current_thread())
}

/// A test of a case on each runtime.
macro_rules! on_each_runtime {
    ($($case:ident;)*) => {$(
        mod $case {
            use crate::stage::{ms, smol, tokio, tokio_current_thread, within};

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
