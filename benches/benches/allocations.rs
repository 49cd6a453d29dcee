//! How often and how much ten waits allocate; their time is that of the delays, and says nothing.

use std::time::Duration;

use divan::AllocProfiler;
use dormouse::{BlockOn, Coalesced, Smol, TokioRuntime, wait_n_with};
use dormouse_benches::cases;
use dormouse_peers as peers;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn tokio_wait_n(bencher: divan::Bencher<'_, '_>) {
    let runtime = TokioRuntime::current_thread();
    bencher.bench_local(|| runtime.block_on(wait_n_with(&runtime, N, MAX_DELAY, SEED)));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn tokio_futures_unordered(bencher: divan::Bencher<'_, '_>) {
    let runtime = cases::tokio();
    bencher.bench_local(|| runtime.block_on(peers::tokio::futures_unordered(delays(), |_| ())));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn tokio_coalesced_wait_n(bencher: divan::Bencher<'_, '_>) {
    let runtime = Coalesced::new(TokioRuntime::current_thread());
    bencher.bench_local(|| runtime.block_on(runtime.wait_n_with(N, MAX_DELAY, SEED)));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn smol_wait_n(bencher: divan::Bencher<'_, '_>) {
    bencher.bench_local(|| Smol.block_on(wait_n_with(&Smol, N, MAX_DELAY, SEED)));
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn smol_futures_unordered(bencher: divan::Bencher<'_, '_>) {
    bencher.bench_local(|| smol::block_on(peers::smol::futures_unordered(delays(), |_| ())));
}

const N: usize = 10;
const MAX_DELAY: Duration = Duration::from_millis(1);
const SEED: u64 = 42;

/// The same number of delays, spread evenly over the same range.
fn delays() -> peers::Delays {
    Box::new((1..=N as u32).map(|part| MAX_DELAY * part / N as u32))
}
