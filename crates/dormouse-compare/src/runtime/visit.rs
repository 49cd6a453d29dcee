//! Making a runtime by its name.

use std::num::NonZeroUsize;

use dormouse::{BlockOn, LocalSpawner, Runtime, Sleeper, ToHandle};

use crate::runtime::RuntimeName;

/// A function to call with a runtime, generic over its type.
///
/// `AnyRuntime` would not do: a comparison must not measure the boxes of an erased runtime.
pub trait Visit {
    /// What it returns.
    type Output;

    /// Is called with a runtime that `make` makes, so that the implementation can time that.
    fn visit<O>(self, make: impl FnOnce() -> O) -> Self::Output
    where
        O: BlockOn + ToHandle<Handle: Runtime>;

    /// Is called instead of [`visit`](Self::visit) with a runtime whose tasks stay on their thread.
    fn visit_local<O>(self, make: impl FnOnce() -> O) -> Self::Output
    where
        O: BlockOn + ToHandle<Handle: LocalSpawner + Sleeper<Sleep: 'static> + 'static>;
}

impl RuntimeName {
    /// Calls `visit` with this runtime and this number of threads.
    pub fn visit<V: Visit>(self, threads: NonZeroUsize, visit: V) -> V::Output {
        let threads = threads.get();
        let _ = threads;
        match self {
            #[cfg(feature = "tokio")]
            Self::Tokio => visit.visit(|| {
                let mut builder = tokio::runtime::Builder::new_multi_thread();
                all_drivers(builder.worker_threads(threads))
            }),
            #[cfg(feature = "tokio")]
            Self::TokioTimeOnly => visit.visit(|| dormouse::TokioRuntime::multi_thread(threads)),
            #[cfg(feature = "tokio")]
            Self::TokioCurrentThread => {
                visit.visit(|| all_drivers(&mut tokio::runtime::Builder::new_current_thread()))
            }
            #[cfg(feature = "smol")]
            Self::Smol => visit.visit(|| dormouse::SmolExecutor::new(threads)),
            // It reads the number of its threads from `THREADS_OF_ASYNC_STD` when it first runs.
            #[cfg(feature = "async-std")]
            Self::AsyncStd => visit.visit(|| dormouse::AsyncStd),
            #[cfg(feature = "futures")]
            Self::Futures => visit.visit(|| dormouse::FuturesPool::new(threads)),
            #[cfg(feature = "compio")]
            Self::Compio => visit.visit_local(dormouse::CompioRuntime::new),
            #[cfg(feature = "threads")]
            Self::Threads => visit.visit(|| dormouse::Threads),
            #[cfg(feature = "virtual")]
            Self::Virtual => visit.visit(|| {
                let runtime = dormouse::Virtual::new();
                let clock = runtime.handle();
                crate::recorder::follow(move || clock.now());
                runtime
            }),
            #[allow(unreachable_patterns)]
            name => unreachable!("{name} is not built in, and `parse` lets nobody name it"),
        }
    }
}

#[cfg(feature = "tokio")]
fn all_drivers(builder: &mut tokio::runtime::Builder) -> dormouse::TokioRuntime {
    match builder.enable_all().build() {
        Ok(runtime) => runtime.into(),
        Err(error) => panic!("cannot start a tokio runtime: {error}"),
    }
}
