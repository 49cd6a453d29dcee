//! Sleeps that are due when they are first polled do not yield, and yields do.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use dormouse::{
    BlockOn, Coalesced, CompioRuntime, FuturesLocal, LocalSpawner, Sleeper, SmolLocal, TokioLocal,
    TokioRuntime, Virtual,
};

const SHORT: Duration = Duration::from_nanos(1);

fn is_ready(future: impl Future) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    pin!(future).poll(&mut cx).is_ready()
}

fn does_not_yield<R: Sleeper + BlockOn>(runtime: &R) {
    runtime.block_on(async {
        let sleep = runtime.sleep(SHORT);
        let due = runtime.now() + SHORT;
        while runtime.now() < due {}
        assert!(is_ready(sleep));
    });
}

fn yields<R: LocalSpawner + BlockOn>(runtime: &R) {
    runtime.block_on(async { assert!(!is_ready(runtime.yield_local())) });
}

/// As the docs of `Sleeper::sleep` say.
#[test]
fn a_sleep_of_a_nanosecond_does_not_yield_on_any_thread_of_its_own() {
    does_not_yield(&TokioRuntime::current_thread());
    does_not_yield(&TokioLocal::new());
    does_not_yield(&SmolLocal::new());
    does_not_yield(&FuturesLocal::new());
    does_not_yield(&CompioRuntime::new());
    does_not_yield(&Coalesced::new_local(SmolLocal::new()));
}

#[test]
fn on_virtual_time_it_yields_as_the_clock_has_to_move() {
    let runtime = Virtual::new();
    runtime.block_on(async { assert!(!is_ready(runtime.sleep(SHORT))) });
    runtime.block_on(async { assert!(is_ready(runtime.sleep(Duration::ZERO))) });
}

#[test]
fn a_yield_is_pending_on_each_of_them() {
    yields(&TokioLocal::new());
    yields(&SmolLocal::new());
    yields(&FuturesLocal::new());
    yields(&CompioRuntime::new());
    yields(&Coalesced::new_local(SmolLocal::new()));
    yields(&Virtual::new());
}
