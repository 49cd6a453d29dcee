//! A sleep that is made, armed and cancelled: directly with the runtime, and through the trait.

use std::pin::Pin;
use std::sync::LazyLock;
use std::task::Context;

use divan::Bencher;
use dormouse::{AsyncStd, AsyncStdSleep, Sleeper, Smol, SmolSleep, Tokio, TokioSleep};
use dormouse_benches::cases::{self, LONG};
use dormouse_core::adapter::noop;
use tokio::runtime::Runtime;

fn main() {
    // tokio's sleep can't be made outside of a runtime's context.
    let _context = RUNTIME.enter();
    divan::main();
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(cases::tokio);

/// Makes the future; dropping it is not timed.
#[divan::bench(types = [TokioDirect, TokioTrait, SmolDirect, SmolTrait, AsyncStdDirect, AsyncStdTrait])]
fn make<M: Make>() -> M::Sleep {
    M::make()
}

/// Polls it for the first time.
#[divan::bench(types = [TokioDirect, TokioTrait, SmolDirect, SmolTrait, AsyncStdDirect, AsyncStdTrait])]
fn arm<M: Make>(bencher: Bencher<'_, '_>) {
    bencher
        .with_inputs(|| Box::pin(M::make()))
        .bench_local_values(armed);
}

/// Drops it after its first poll, with the box that pins it.
#[divan::bench(types = [TokioDirect, TokioTrait, SmolDirect, SmolTrait, AsyncStdDirect, AsyncStdTrait])]
fn cancel<M: Make>(bencher: Bencher<'_, '_>) {
    bencher
        .with_inputs(|| armed(Box::pin(M::make())))
        .bench_local_values(drop);
}

/// Does all three, without a box.
#[divan::bench(types = [TokioDirect, TokioTrait, SmolDirect, SmolTrait, AsyncStdDirect, AsyncStdTrait])]
fn make_arm_and_cancel<M: Make>() {
    cases::arm_and_drop(M::make());
}

fn armed<F: Future>(mut sleep: Pin<Box<F>>) -> Pin<Box<F>> {
    // Known not to panic, as the waker of a task is.
    let mut cx = Context::from_waker(noop());
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    sleep
}

/// Makes a sleep that does not end.
trait Make {
    type Sleep: Future;
    fn make() -> Self::Sleep;
}

macro_rules! make {
    ($($name:ident: $sleep:ty = $make:expr;)*) => {$(
        struct $name;

        impl Make for $name {
            type Sleep = $sleep;

            fn make() -> $sleep {
                $make
            }
        }
    )*};
}

make! {
    TokioDirect: tokio::time::Sleep = tokio::time::sleep(LONG);
    TokioTrait: TokioSleep = Tokio.sleep(LONG);
    SmolDirect: smol::Timer = smol::Timer::after(LONG);
    SmolTrait: SmolSleep = Smol.sleep(LONG);
    // The type of async-std's own sleep has no name, and is larger: this is the timer inside it.
    AsyncStdDirect: async_io::Timer = async_io::Timer::after(LONG);
    AsyncStdTrait: AsyncStdSleep = AsyncStd.sleep(LONG);
}
