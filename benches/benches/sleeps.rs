//! A sleep made, armed and cancelled: directly with the runtime, and through the trait.

use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Waker};

use divan::Bencher;
use dormouse::{AsyncStd, AsyncStdSleep, Sleeper, Smol, SmolSleep, Tokio, TokioSleep};
use dormouse_benches::cases::{self, LONG};
use tokio::runtime::Runtime;

fn main() {
    // A tokio sleep can't be made without it.
    let _context = RUNTIME.enter();
    divan::main();
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(cases::tokio);

/// The future made; to drop it is not timed.
#[divan::bench(types = [TokioDirect, TokioTrait, SmolDirect, SmolTrait, AsyncStdDirect, AsyncStdTrait])]
fn make<M: Make>() -> M::Sleep {
    M::make()
}

/// Its first poll.
#[divan::bench(types = [TokioDirect, TokioTrait, SmolDirect, SmolTrait, AsyncStdDirect, AsyncStdTrait])]
fn arm<M: Make>(bencher: Bencher<'_, '_>) {
    bencher
        .with_inputs(|| Box::pin(M::make()))
        .bench_local_values(armed);
}

/// Its drop after the first poll, with that of the box that pins it.
#[divan::bench(types = [TokioDirect, TokioTrait, SmolDirect, SmolTrait, AsyncStdDirect, AsyncStdTrait])]
fn cancel<M: Make>(bencher: Bencher<'_, '_>) {
    bencher
        .with_inputs(|| armed(Box::pin(M::make())))
        .bench_local_values(drop);
}

/// All of it, in place.
#[divan::bench(types = [TokioDirect, TokioTrait, SmolDirect, SmolTrait, AsyncStdDirect, AsyncStdTrait])]
fn make_arm_and_cancel<M: Make>() {
    cases::arm_and_drop(M::make());
}

fn armed<F: Future>(mut sleep: Pin<Box<F>>) -> Pin<Box<F>> {
    let mut cx = Context::from_waker(Waker::noop());
    assert!(sleep.as_mut().poll(&mut cx).is_pending());
    sleep
}

/// A way to make a sleep that does not end.
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
    // async-std's own sleep has no name, and is larger: this is the timer under it.
    AsyncStdDirect: async_io::Timer = async_io::Timer::after(LONG);
    AsyncStdTrait: AsyncStdSleep = AsyncStd.sleep(LONG);
}
