//! What it costs to arm a timer and cancel it, reset it or let it fire: `Coalesced` beside tokio's own
//! sleep and other timers in use.
//!
//! `cargo bench -p dormouse-benches --bench coalesced -- [ROUNDS [CYCLES]] [WORDS]`. Words choose the
//! tables whose titles contain one of them: `tasks`, `'cancel, 0'`. Each round measures every timer in
//! turn. The figures are medians over the rounds, and a ratio is the median of the rounds' ratios to
//! the first row, which is tokio's own sleep.

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::sync::Barrier;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{Coalesced, Sleeper, Smol, SmolExecutor, SmolHandle, Spawner, TokioHandle, timeout};
use dormouse_benches::in_turn::{cpu_nanos, in_turn};
use tokio::runtime::{Builder, Handle};
use tokio_util::time::DelayQueue;

fn main() {
    let (numbers, words): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .partition(|argument| argument.parse::<u32>().is_ok());
    let mut numbers = numbers.iter().filter_map(|number| number.parse().ok());
    let rounds = numbers.next().unwrap_or(9);
    let cycles = numbers.next().unwrap_or(50_000);
    let tokio = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build();
    let tokio = tokio.expect("a runtime of tokio");
    let rig = Rig {
        coalesced: Coalesced::new(TokioHandle::from(tokio.handle().clone())),
        coalesced_smol: Coalesced::new(Smol),
        tokio: tokio.handle().clone(),
        rounds,
        cycles,
        words,
    };
    println!(
        "Instant::now: {:.1} ns",
        nanos(cycles, || _ = black_box(Instant::now()))
    );
    let _context = tokio.enter();
    for standing in [0, 1_000, 100_000, 1_000_000] {
        let others = rig.stand(standing);
        for threads in [1, 2, 4, 8] {
            rig.cancel(standing, threads);
        }
        rig.reset(standing);
        drop(others);
    }
    rig.fire();
    rig.tasks();
}

const FAR: Duration = Duration::from_secs(30);
const TIMEOUT: Duration = Duration::from_secs(5);

struct Rig {
    tokio: Handle,
    coalesced: Coalesced<TokioHandle>,
    coalesced_smol: Coalesced<Smol>,
    rounds: u32,
    cycles: u32,
    words: Vec<String>,
}

impl Rig {
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

    fn cancel(&self, standing: u64, threads: usize) {
        self.table(
            &format!("arm + cancel, {standing} standing, {threads} threads"),
            &mut [
                ("tokio", &mut || {
                    self.each(threads, || tokio::time::sleep(FAR))
                }),
                ("coalesced tokio", &mut || {
                    self.each(threads, || self.coalesced.sleep(FAR))
                }),
                ("coalesced smol", &mut || {
                    self.each(threads, || self.coalesced_smol.sleep(FAR))
                }),
                ("async-io", &mut || {
                    self.each(threads, || async_io::Timer::after(FAR))
                }),
                ("futures-timer", &mut || {
                    self.each(threads, || futures_timer::Delay::new(FAR))
                }),
                ("DelayQueue", &mut || {
                    // It has one owner, so threads must share it behind a lock.
                    let queue = std::sync::Mutex::new(DelayQueue::new());
                    on_threads(threads, &self.tokio, || {
                        nanos(self.cycles, || {
                            let key = queue.lock().unwrap().insert((), FAR);
                            queue.lock().unwrap().remove(&key);
                        })
                    })
                }),
            ],
        );
    }

    fn reset(&self, standing: u64) {
        let away = |number: u32| FAR + Duration::from_micros(number.into());
        self.table(
            &format!("arm + reset, {standing} standing, 1 thread"),
            &mut [
                ("tokio", &mut || {
                    let mut sleep = pin!(tokio::time::sleep(FAR));
                    poll(sleep.as_mut());
                    let mut number = 0;
                    nanos(self.cycles, || {
                        number += 1;
                        sleep
                            .as_mut()
                            .reset(tokio::time::Instant::now() + away(number));
                        poll(sleep.as_mut());
                    })
                }),
                ("coalesced tokio", &mut || {
                    let mut sleep = pin!(self.coalesced.sleep(FAR));
                    poll(sleep.as_mut());
                    let mut number = 0;
                    nanos(self.cycles, || {
                        number += 1;
                        self.coalesced
                            .reset(sleep.as_mut(), self.coalesced.now() + away(number));
                        poll(sleep.as_mut());
                    })
                }),
                ("async-io", &mut || {
                    let mut timer = async_io::Timer::after(FAR);
                    poll(Pin::new(&mut timer));
                    let mut number = 0;
                    nanos(self.cycles, || {
                        number += 1;
                        timer.set_after(away(number));
                        poll(Pin::new(&mut timer));
                    })
                }),
                ("futures-timer", &mut || {
                    let mut delay = futures_timer::Delay::new(FAR);
                    poll(Pin::new(&mut delay));
                    let mut number = 0;
                    nanos(self.cycles, || {
                        number += 1;
                        delay.reset(away(number));
                        poll(Pin::new(&mut delay));
                    })
                }),
                ("DelayQueue", &mut || {
                    let mut queue = DelayQueue::new();
                    let key = queue.insert((), FAR);
                    let mut number = 0;
                    nanos(self.cycles, || {
                        number += 1;
                        queue.reset(&key, away(number));
                    })
                }),
            ],
        );
    }

    /// A task per timer, with deadlines over 200 ms: CPU time per timer.
    fn fire(&self) {
        let n = self.cycles.max(100_000);
        let away =
            |number: u32| Duration::from_nanos(u64::from(number) * 200_000_000 / u64::from(n));
        let executor = SmolExecutor::new(2);
        let smol = Coalesced::new(executor.handle());
        self.table(
            "arm + fire, a task each, CPU",
            &mut [
                ("tokio", &mut || {
                    cpu_nanos(n, || {
                        self.join(n, |number| tokio::time::sleep(away(number)));
                    })
                }),
                ("coalesced tokio", &mut || {
                    cpu_nanos(n, || {
                        self.join(n, |number| self.coalesced.sleep(away(number)));
                    })
                }),
                ("smol", &mut || {
                    cpu_nanos(n, || {
                        join_smol(&executor, n, |handle, number| handle.sleep(away(number)));
                    })
                }),
                ("coalesced smol", &mut || {
                    cpu_nanos(n, || {
                        join_smol(&executor, n, |_, number| smol.sleep(away(number)));
                    })
                }),
            ],
        );
    }

    fn join<F: Future<Output = ()> + Send + 'static>(&self, n: u32, make: impl Fn(u32) -> F) {
        let tasks: Vec<_> = (0..n)
            .map(|number| self.tokio.spawn(make(number)))
            .collect();
        futures::executor::block_on(async {
            for task in tasks {
                task.await.expect("it ends");
            }
        });
    }

    /// A timeout around a short operation, in 64 tasks: CPU time per operation.
    fn tasks(&self) {
        let n = self.cycles / 16;
        self.table(
            "timeout(5 s, yield_now) in 64 tasks, CPU",
            &mut [
                ("tokio", &mut || {
                    let operation = || tokio::time::timeout(TIMEOUT, tokio::task::yield_now());
                    cpu_nanos(64 * n, || {
                        self.loops(n, move || async move { _ = operation().await });
                    })
                }),
                ("without", &mut || {
                    cpu_nanos(64 * n, || self.loops(n, tokio::task::yield_now))
                }),
                ("coalesced tokio", &mut || {
                    let sleeper = self.coalesced.clone();
                    cpu_nanos(64 * n, || {
                        self.loops(n, move || {
                            let timeout = timeout(&sleeper, TIMEOUT, tokio::task::yield_now());
                            async move { _ = timeout.await }
                        });
                    })
                }),
            ],
        );
    }

    fn loops<F>(&self, n: u32, operation: impl Fn() -> F + Clone + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        self.join(64, |_| {
            let operation = operation.clone();
            async move {
                for _ in 0..n {
                    operation().await;
                }
            }
        });
    }

    /// Makes a timer, polls it and drops it: nanoseconds per timer, as each thread sees them.
    fn each<F: Future>(&self, threads: usize, make: impl Fn() -> F + Sync) -> f64 {
        on_threads(threads, &self.tokio, || {
            nanos(self.cycles, || poll(pin!(make())))
        })
    }

    fn table(&self, title: &str, rows: &mut [(&str, &mut dyn FnMut() -> f64)]) {
        if self.words.is_empty() || self.words.iter().any(|words| title.contains(words)) {
            in_turn(title, self.rounds, rows);
        }
    }
}

fn join_smol<F: Future<Output = ()> + Send + 'static>(
    executor: &SmolExecutor,
    n: u32,
    make: impl Fn(&SmolHandle, u32) -> F,
) {
    let handle = executor.handle();
    let tasks: Vec<_> = (0..n)
        .map(|number| handle.spawn(make(&handle, number)))
        .collect();
    futures::executor::block_on(async {
        for task in tasks {
            task.await.expect("it ends");
        }
    });
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

/// The mean of what this number of threads measure at the same time.
fn on_threads(threads: usize, tokio: &Handle, measure: impl Fn() -> f64 + Sync) -> f64 {
    let barrier = Barrier::new(threads);
    let on_each = || {
        let _context = tokio.enter();
        barrier.wait();
        measure()
    };
    let sum: f64 = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(on_each)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("it measures"))
            .sum()
    });
    sum / threads as f64
}
