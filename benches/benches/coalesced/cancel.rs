//! Timers that are armed and cancelled, or reset, and never fire.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Barrier, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use dormouse::{Sleeper, Threads};
use tokio::runtime::Handle;
use tokio_util::time::DelayQueue;

use crate::{FAR, Rig, nanos, poll};

impl Rig<'_> {
    pub(crate) fn cancel(&self, standing: u64) {
        self.table(
            &format!("arm + cancel, {standing} standing"),
            &mut [
                ("tokio", &mut || self.each(|| tokio::time::sleep(FAR))),
                ("coalesced tokio", &mut || {
                    self.each(|| self.coalesced.sleep(FAR))
                }),
                ("coalesced smol", &mut || {
                    self.each(|| self.coalesced_smol.sleep(FAR))
                }),
                ("async-io", &mut || {
                    self.each(|| async_io::Timer::after(FAR))
                }),
                ("Threads", &mut || self.each(|| Threads.sleep(FAR))),
                ("futures-timer", &mut || {
                    self.each(|| futures_timer::Delay::new(FAR))
                }),
                ("DelayQueue", &mut || {
                    let queue = Mutex::new(DelayQueue::new());
                    self.per_cycle(|| {
                        |_| {
                            let key = locked(&queue).insert((), FAR);
                            locked(&queue).remove(&key);
                        }
                    })
                }),
            ],
        );
    }

    pub(crate) fn reset(&self, standing: u64) {
        self.table(
            &format!("arm + reset, {standing} standing"),
            &mut [
                ("tokio", &mut || {
                    self.per_cycle(|| {
                        let mut sleep = Box::pin(tokio::time::sleep(FAR));
                        poll(sleep.as_mut());
                        move |away| {
                            sleep.as_mut().reset(tokio::time::Instant::now() + away);
                            poll(sleep.as_mut());
                        }
                    })
                }),
                ("coalesced tokio", &mut || self.resets(&self.coalesced)),
                ("coalesced smol", &mut || self.resets(&self.coalesced_smol)),
                ("async-io", &mut || {
                    self.per_cycle(|| {
                        let mut timer = async_io::Timer::after(FAR);
                        poll(Pin::new(&mut timer));
                        move |away| {
                            timer.set_after(away);
                            poll(Pin::new(&mut timer));
                        }
                    })
                }),
                ("Threads", &mut || self.resets(&Threads)),
                ("futures-timer", &mut || {
                    self.per_cycle(|| {
                        let mut delay = futures_timer::Delay::new(FAR);
                        poll(Pin::new(&mut delay));
                        move |away| {
                            delay.reset(away);
                            poll(Pin::new(&mut delay));
                        }
                    })
                }),
                ("DelayQueue", &mut || {
                    let queue = Mutex::new(DelayQueue::new());
                    self.per_cycle(|| {
                        let key = locked(&queue).insert((), FAR);
                        let queue = &queue;
                        move |away| locked(queue).reset(&key, away)
                    })
                }),
            ],
        );
    }

    /// Makes a timer, polls it and drops it.
    fn each<F: Future>(&self, make: impl Fn() -> F + Sync) -> f64 {
        self.per_cycle(|| |_| poll(pin!(make())))
    }

    fn resets<S: Sleeper + Sync>(&self, sleeper: &S) -> f64 {
        self.per_cycle(|| {
            let mut sleep = Box::pin(sleeper.sleep(FAR));
            poll(sleep.as_mut());
            move |away| {
                sleeper.reset(sleep.as_mut(), sleeper.now() + away);
                poll(sleep.as_mut());
            }
        })
    }

    /// Nanoseconds per cycle, as each thread sees them; each makes its own cycle, which gets the
    /// duration until another deadline every time.
    fn per_cycle<C: FnMut(Duration)>(&self, make: impl Fn() -> C + Sync) -> f64 {
        on_threads(self.threads, self.tokio.as_ref(), || {
            let mut cycle = make();
            let mut away = FAR;
            nanos(self.cycles, || {
                away += Duration::from_micros(1);
                cycle(away);
            })
        })
    }
}

/// It has one owner, so threads must share it behind a lock.
fn locked(queue: &Mutex<DelayQueue<()>>) -> MutexGuard<'_, DelayQueue<()>> {
    queue.lock().expect("no thread has panicked")
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
