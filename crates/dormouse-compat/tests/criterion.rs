//! criterion's executor, on every runtime that blocks.

use std::time::Duration;

use criterion::async_executor::AsyncExecutor;
use dormouse::{
    AnyRuntime, AsyncStd, BlockOn, FuturesPool, Sleeper, Smol, SmolExecutor, TokioLocal,
    TokioRuntime, Virtual,
};
use dormouse_compat::CriterionExecutor;

/// Calls the executor as criterion does.
fn takes<R: BlockOn + Sleeper>(runtime: R) {
    let (executor, wait) = (CriterionExecutor::new(&runtime), Duration::from_millis(2));
    for number in 0..3 {
        let start = runtime.now();
        let output = executor.block_on(async {
            runtime.sleep(wait).await;
            number
        });
        assert_eq!(output, number);
        assert!(runtime.now() - start >= wait);
    }
}

#[test]
fn block_on_every_runtime() {
    takes(TokioRuntime::multi_thread(2));
    takes(TokioRuntime::current_thread());
    takes(TokioLocal::new());
    takes(Smol);
    takes(SmolExecutor::new(1));
    takes(AsyncStd);
    takes(FuturesPool::new(1));
    takes(Virtual::new());
    takes(AnyRuntime::new(Smol));
}
