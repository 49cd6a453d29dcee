//! What it costs to arm a timer and cancel it, reset it or let it fire: `Coalesced` beside tokio's own
//! sleep and other timers in use.
//!
//! `cargo bench -p dormouse-benches --bench coalesced -- [ROUNDS [CYCLES]] [WORDS]`. Words choose the
//! tables whose titles contain one of them: `tasks`, `'cancel, 0'`. Each round measures every timer in
//! turn. The figures are medians over the rounds, and a ratio is the median of the rounds' ratios to
//! the first row, the runtime's own sleep.

use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use dormouse::{Coalesced, Sleeper, SmolExecutor, SmolHandle, TokioHandle, TokioRuntime};
use dormouse_benches::in_turn::in_turn;

mod cancel;
mod fire;
mod tasks;

fn main() {
    let (numbers, words): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .partition(|argument| argument.parse::<u32>().is_ok());
    let mut numbers = numbers.iter().filter_map(|number| number.parse().ok());
    let rounds = numbers.next().unwrap_or(9);
    let cycles = numbers.next().unwrap_or(50_000);
    println!(
        "Instant::now: {:.1} ns",
        nanos(cycles, || _ = black_box(Instant::now()))
    );
    for threads in [1, 2, 4, 8] {
        let (tokio, smol) = (
            TokioRuntime::multi_thread(threads),
            SmolExecutor::new(threads),
        );
        let rig = Rig {
            coalesced: Coalesced::new(tokio.handle()),
            coalesced_smol: Coalesced::new(smol.handle()),
            tokio: tokio.handle(),
            smol: smol.handle(),
            threads,
            rounds,
            cycles,
            words: &words,
        };
        let _context = rig.tokio.as_ref().enter();
        for standing in [0, 1_000, 100_000, 1_000_000] {
            let others = rig.stand(standing);
            rig.cancel(standing);
            rig.reset(standing);
            rig.fire(standing);
            drop(others);
        }
        rig.yields();
        rig.channels();
    }
}

const FAR: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(5);

/// The runtimes with this number of threads, and the timers over them.
struct Rig<'a> {
    tokio: TokioHandle,
    smol: SmolHandle,
    coalesced: Coalesced<TokioHandle>,
    coalesced_smol: Coalesced<SmolHandle>,
    threads: usize,
    rounds: u32,
    cycles: u32,
    words: &'a [String],
}

impl Rig<'_> {
    /// Arms `standing` timers in each queue, with deadlines 20 to 40 s away.
    fn stand(&self, standing: u64) -> Vec<Pin<Box<dyn Future<Output = ()>>>> {
        let mut all: Vec<Pin<Box<dyn Future<Output = ()>>>> = Vec::new();
        for number in 0..standing {
            let away = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % 20_000_000_000;
            let away = Duration::from_nanos(20_000_000_000 + away);
            all.push(Box::pin(tokio::time::sleep(away)));
            all.push(Box::pin(self.coalesced.sleep(away)));
            all.push(Box::pin(self.coalesced_smol.sleep(away)));
            if standing <= 100_000 {
                all.push(Box::pin(
                    async move { _ = async_io::Timer::after(away).await },
                ));
                all.push(Box::pin(futures_timer::Delay::new(away)));
            }
        }
        all.iter_mut().for_each(|timer| poll(timer.as_mut()));
        all
    }

    fn table(&self, what: &str, rows: &mut [(&str, &mut dyn FnMut() -> f64)]) {
        let many = if self.threads == 1 { "" } else { "s" };
        let title = format!("{what}, {} thread{many}", self.threads);
        if self.words.is_empty() || self.words.iter().any(|words| title.contains(words)) {
            in_turn(&title, self.rounds, rows);
        }
    }
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) {
    assert!(
        future
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
}

fn nanos(cycles: u32, mut cycle: impl FnMut()) -> f64 {
    let start = Instant::now();
    (0..cycles).for_each(|_| cycle());
    start.elapsed().as_nanos() as f64 / f64::from(cycles)
}
