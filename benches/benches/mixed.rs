//! How late sleeps in tokio's tasks are: tokio's own, and those of `Mixed` on other timers.
//!
//! `cargo bench -p dormouse-benches --bench mixed -- [ROUNDS [TASKS]]`. Each round measures every timer
//! in turn; the figures are of all rounds together. A task sleeps ten times, for 200 µs to 5 ms.

use std::time::Duration;

use dormouse::{BlockOn, Coalesced, JoinSet, Mixed, Runtime, Smol, Threads, TokioRuntime};
use dormouse_benches::in_turn::cpu_s;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|number| number.parse::<u64>().ok());
    let rounds = numbers.next().unwrap_or(9);
    let tasks = numbers.next().unwrap_or(50);

    let tokio = TokioRuntime::multi_thread(2);
    let coalesced = Coalesced::new(Smol);
    let mut rows = [
        Row::new("tokio's own sleep"),
        Row::new("Mixed: Smol"),
        Row::new("Mixed: Threads"),
        Row::new("Mixed: Coalesced<Smol>"),
    ];
    for round in 0..rounds {
        let handle = tokio.handle();
        rows[0].measure(&tokio, &handle, tasks, round);
        rows[1].measure(&tokio, &Mixed::new(Smol, handle.clone()), tasks, round);
        rows[2].measure(&tokio, &Mixed::new(Threads, handle.clone()), tasks, round);
        let mixed = Mixed::new(coalesced.clone(), handle);
        rows[3].measure(&tokio, &mixed, tasks, round);
    }
    println!("{tasks} tasks on 2 threads of tokio, {rounds} rounds");
    println!("sleeps by                 late p50   late p99    CPU a sleep");
    rows.iter_mut().for_each(Row::print);
}

const SLEEPS: u64 = 10;

struct Row {
    name: &'static str,
    /// Microseconds.
    late: Vec<f64>,
    cpu_s: f64,
}

impl Row {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            late: Vec::new(),
            cpu_s: 0.0,
        }
    }

    fn measure<R: Runtime>(&mut self, driver: &TokioRuntime, runtime: &R, tasks: u64, round: u64) {
        let before = cpu_s();
        let late = driver.block_on(async {
            let mut set = JoinSet::new(runtime);
            for number in 0..tasks {
                let runtime = runtime.clone();
                let mut random = Xoshiro256PlusPlus::seed_from_u64(round << 32 | number);
                set.spawn(async move {
                    let mut late = Vec::new();
                    for _ in 0..SLEEPS {
                        let micros = random.random_range(200..5_000);
                        let deadline = runtime.now() + Duration::from_micros(micros);
                        runtime.sleep_until(deadline).await;
                        late.push((runtime.now() - deadline).as_secs_f64() * 1e6);
                    }
                    late
                });
            }
            set.join_all().await.expect("they end")
        });
        self.cpu_s += cpu_s() - before;
        self.late.extend(late.into_iter().flatten());
    }

    fn print(&mut self) {
        self.late.sort_by(f64::total_cmp);
        let at = |part: usize| self.late[(self.late.len() - 1) * part / 100];
        let cpu = self.cpu_s * 1e6 / self.late.len() as f64;
        let name = self.name;
        println!(
            "{name:24} {:7.0} µs {:7.0} µs  {cpu:9.1} µs",
            at(50),
            at(99)
        );
    }
}
