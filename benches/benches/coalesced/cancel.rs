//! Timers that are armed and cancelled, or reset, and never fire.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::Duration;

use dormouse::{Sleeper, Threads};
use tokio::runtime::Handle;
use tokio_util::time::DelayQueue;

use crate::{FAR, Rig, nanos, poll};

impl Rig {
    pub(crate) fn cancel(&self, standing: u64, threads: usize) {
        let many = if threads == 1 { "" } else { "s" };
        self.table(
            &format!("arm + cancel, {standing} standing, {threads} thread{many}"),
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
                ("Threads", &mut || self.each(threads, || Threads.sleep(FAR))),
                ("futures-timer", &mut || {
                    self.each(threads, || futures_timer::Delay::new(FAR))
                }),
                ("DelayQueue", &mut || {
                    // It has one owner, so threads must share it behind a lock.
                    let queue = Mutex::new(DelayQueue::new());
                    on_threads(threads, self.tokio.as_ref(), || {
                        nanos(self.cycles, || {
                            let key = queue.lock().unwrap().insert((), FAR);
                            queue.lock().unwrap().remove(&key);
                        })
                    })
                }),
            ],
        );
    }

    pub(crate) fn reset(&self, standing: u64) {
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

    /// Makes a timer, polls it and drops it: nanoseconds per timer, as each thread sees them.
    fn each<F: Future>(&self, threads: usize, make: impl Fn() -> F + Sync) -> f64 {
        on_threads(threads, self.tokio.as_ref(), || {
            nanos(self.cycles, || poll(pin!(make())))
        })
    }
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
