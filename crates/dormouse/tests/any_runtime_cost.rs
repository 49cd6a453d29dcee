//! How many allocations more it takes if the runtime is only known at run time.

use std::future::Future;
use std::time::Duration;

use allocation_counter::measure;
use dormouse::{
    AnyRuntime, BlockOn, Runtime, Sleeper, SmolExecutor, SpawnBlocking, Spawner, ToHandle,
    TokioRuntime,
};

/// The number of allocations to make such a future, when one has been made before.
fn allocations<F: Future>(runtime: &impl BlockOn, make: impl Fn() -> F) -> u64 {
    runtime.block_on(async {
        make().await;
        let mut count = 0;
        let future = {
            let mut future = None;
            count += measure(|| future = Some(make())).count_total;
            future.expect("made")
        };
        future.await;
        count
    })
}

fn cost<O>(owner: O) -> [u64; 3]
where
    O: ToHandle<Handle: Runtime + SpawnBlocking> + BlockOn + Send + Sync + 'static,
{
    let runtime = owner.to_handle();
    let any = AnyRuntime::new(owner);
    let none = Duration::ZERO;
    [
        allocations(&any, || any.sleep(none)) - allocations(&any, || runtime.sleep(none)),
        allocations(&any, || any.spawn(async {})) - allocations(&any, || runtime.spawn(async {})),
        // The box of the value is allocated in the task, when it ends, and so not counted.
        allocations(&any, || any.spawn(async { 7 }))
            - allocations(&any, || runtime.spawn(async { 7 })),
    ]
}

/// A sleep costs a box; a task costs one for its future and one for its handle, and later one for
/// its value.
#[test]
fn a_sleep_costs_a_box_and_a_task_two() {
    assert_eq!(cost(TokioRuntime::current_thread()), [1, 2, 2]);
    assert_eq!(cost(SmolExecutor::new(0)), [1, 2, 2]);
}
