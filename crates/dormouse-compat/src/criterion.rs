//! criterion's executor.

use std::future::Future;

use criterion::async_executor::AsyncExecutor;
use dormouse_core::BlockOn;

/// criterion's `AsyncExecutor` on any runtime that blocks on a future.
///
/// A reference will do, so that one runtime serves several benchmarks. The bridge is for criterion
/// 0.8, which needs Rust 1.86.
///
/// # Examples
///
/// ```
/// use criterion::Criterion;
/// use dormouse::{Sleeper, SmolExecutor};
/// use dormouse_compat::CriterionExecutor;
/// use std::time::Duration;
///
/// fn benchmark(criterion: &mut Criterion) {
///     let runtime = SmolExecutor::new(1);
///     criterion.bench_function("a sleep", |bencher| {
///         let sleep = || runtime.sleep(Duration::from_micros(10));
///         bencher.to_async(CriterionExecutor::new(&runtime)).iter(sleep);
///     });
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct CriterionExecutor<R>(R);

impl<R> CriterionExecutor<R> {
    /// Wraps a runtime for criterion.
    pub const fn new(runtime: R) -> Self {
        Self(runtime)
    }
}

impl<R: BlockOn> AsyncExecutor for CriterionExecutor<R> {
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }
}
