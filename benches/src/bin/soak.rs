//! Arms and cancels sleeps on one runtime for a given time, and fails if a wake is lost or early, or if
//! memory grows. `ci/soak` runs it on every runtime.

use std::future::Future;
use std::process::exit;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use dormouse::{
    AsyncStd, BlockOn, Coalesced, FuturesPool, Runtime, Sleeper, SmolExecutor, Threads, ToHandle,
    TokioRuntime,
};
use dormouse_compare::machine;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

/// Arms and cancels a million sleeps a minute, and three million timeouts.
#[derive(Debug, Parser)]
struct Options {
    /// tokio, tokio-current-thread, smol, async-std, futures, threads; `coalesced-` before it.
    runtime: String,
    /// For how long.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
}

/// A million a minute, in batches of a thousand.
const BATCH: usize = 1_000;
/// Beside each of them: timeouts, of which none fires.
const TIMEOUTS: usize = 2_000;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const EVERY: Duration = Duration::from_millis(60);
/// The time without any wake after which one counts as lost.
const LOST: Duration = Duration::from_secs(30);
/// How much memory may grow after the first quarter, as allocators take and return pages.
const GROWTH: u64 = 4 << 20;

fn main() {
    let options = Options::parse();
    let length = Duration::from_secs(options.seconds);
    let name = options.runtime.as_str();
    let over = name.strip_prefix("coalesced-");
    let coalesced = over.is_some();
    match over.unwrap_or(name) {
        "tokio" => soak(TokioRuntime::multi_thread(2), length, coalesced),
        "tokio-current-thread" => soak(TokioRuntime::current_thread(), length, coalesced),
        "smol" => soak(SmolExecutor::new(2), length, coalesced),
        "async-std" => soak(AsyncStd, length, coalesced),
        "futures" => soak(FuturesPool::new(2), length, coalesced),
        "threads" => soak(Threads, length, coalesced),
        name => {
            eprintln!("soak: no runtime is called {name:?}");
            exit(2);
        }
    }
}

fn soak<S: ToHandle<Handle: Runtime> + BlockOn>(runtime: S, length: Duration, coalesced: bool) {
    if coalesced {
        run(&runtime, &Coalesced::new(runtime.to_handle()), length);
    } else {
        run(&runtime, &runtime, length);
    }
}

fn run<B: BlockOn, S: Sleeper<Sleep: Send>>(driver: &B, runtime: &S, length: Duration) {
    let batches = Arc::new(AtomicU64::new(0));
    watch(Arc::clone(&batches));
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let start = Instant::now();
    let (mut ended, mut cancelled, mut memory) = (0_u64, 0_u64, None);
    while start.elapsed() < length {
        let next = Instant::now() + EVERY;
        let (of_these, others) = batch(driver, runtime, &mut random);
        ended += of_these;
        cancelled += others + timeouts(driver, runtime);
        batches.fetch_add(1, Relaxed);
        thread::sleep(next.saturating_duration_since(Instant::now()));
        if memory.is_none() && start.elapsed() > length / 4 {
            memory = Some(resident());
        }
    }
    let (before, after) = (memory.unwrap_or_default(), resident());
    println!("{ended} ended, {cancelled} cancelled, memory {before} and {after} B");
    if memory.is_some() && after > before + GROWTH {
        eprintln!("soak: memory has grown by {} B", after - before);
        exit(1);
    }
}

/// The memory of this process, in bytes.
fn resident() -> u64 {
    machine::rss_bytes().expect("the system tells memory")
}

/// Arms a batch of sleeps: some are dropped before their first poll, some after it, the others end.
fn batch<B: BlockOn, S: Sleeper>(
    driver: &B,
    runtime: &S,
    random: &mut Xoshiro256PlusPlus,
) -> (u64, u64) {
    driver.block_on(async {
        let mut sleeps = FuturesUnordered::new();
        let mut cancelled = 0;
        for _ in 0..BATCH {
            let deadline = runtime.now() + Duration::from_micros(random.random_range(0..50_000));
            let mut sleep = Box::pin(runtime.sleep_until(deadline));
            if random.random_bool(0.5) {
                if random.random_bool(0.5) {
                    let _ = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
                }
                cancelled += 1;
                continue;
            }
            sleeps.push(async move {
                sleep.await;
                deadline
            });
        }
        let mut ended = 0;
        while let Some(deadline) = sleeps.next().await {
            if runtime.now() < deadline {
                eprintln!("soak: a sleep has ended early");
                exit(1);
            }
            ended += 1;
        }
        (ended, cancelled)
    })
}

/// Arms timeouts of a day and drops them, some on another thread.
fn timeouts<B: BlockOn, S: Sleeper<Sleep: Send>>(driver: &B, runtime: &S) -> u64 {
    let arm = |_| {
        let mut sleep = Box::pin(runtime.sleep(DAY));
        let _ = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        sleep
    };
    driver.block_on(async {
        for number in 0..TIMEOUTS {
            drop(arm(number));
        }
        let elsewhere: Vec<_> = (0..BATCH).map(arm).collect();
        thread::scope(|scope| {
            scope.spawn(|| drop(elsewhere));
        });
    });
    (TIMEOUTS + BATCH) as u64
}

/// Ends the process if no batch has ended for [`LOST`].
fn watch(batches: Arc<AtomicU64>) {
    thread::spawn(move || {
        loop {
            let before = batches.load(Relaxed);
            thread::sleep(LOST);
            if batches.load(Relaxed) == before {
                eprintln!("soak: a wake was lost: nothing has ended for {LOST:?}");
                exit(1);
            }
        }
    });
}
