//! Timers that many threads use at the same time.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

use super::{Calls, waker};
use crate::timers::{NEVER, Place, Timers, shard_of_this_thread};

#[test]
fn what_eight_threads_arm_at_random_is_woken_in_order() {
    const EACH: u64 = 5_000;
    let (timers, calls) = (Timers::new(0), Calls::default());
    let deadline = |number: u64| (1 + number).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44;
    thread::scope(|scope| {
        for thread in 0..8 {
            let (timers, calls) = (&timers, &calls);
            scope.spawn(move || {
                for number in thread * EACH..(thread + 1) * EACH {
                    let waker = waker(calls, number as usize);
                    let shard = shard_of_this_thread();
                    let place = timers.enter(shard, deadline(number), waker);
                    if number % 3 == 0 {
                        timers.leave(place);
                    }
                }
            });
        }
    });
    let mut woken = 0;
    // In steps of several lengths, so that some buckets are passed over.
    for step in 1..=1_024 {
        woken += timers.fire(step * step);
    }
    let calls = calls.lock().unwrap();
    let deadlines: Vec<_> = calls
        .iter()
        .map(|&number| deadline(number as u64))
        .collect();
    assert!(deadlines.is_sorted());
    assert_eq!(woken, 8 * EACH - (8 * EACH).div_ceil(3));
    assert_eq!(deadlines.len() as u64, woken);
}

/// A pending sleep that any thread may cancel or move.
struct Traveller {
    place: Place,
    number: usize,
}

/// Threads that come and go enter deadlines at random, cancel and move those of others, and one
/// thread fires: each sleep that is not cancelled is woken exactly once.
#[test]
fn eight_threads_at_random() {
    const ROUNDS: usize = 4;
    const EACH: usize = 5_000;
    let timers = Arc::new(Timers::new(0));
    let clock = Arc::new(AtomicU64::new(1));
    let calls = Calls::default();
    let deadlines: Arc<Vec<AtomicU64>> =
        Arc::new((0..ROUNDS * 8 * EACH).map(|_| AtomicU64::new(0)).collect());
    let numbers = Arc::new(AtomicUsize::new(0));
    let cancelled = Arc::new(AtomicUsize::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let driver = {
        let (timers, clock, stop) = (Arc::clone(&timers), Arc::clone(&clock), Arc::clone(&stop));
        thread::spawn(move || {
            let mut woken = 0;
            while !stop.load(SeqCst) {
                woken += timers.fire(clock.fetch_add(50, SeqCst));
            }
            woken + timers.fire(NEVER - 1)
        })
    };
    for round in 0..ROUNDS {
        let waiting = Arc::new(Mutex::new(Vec::<Traveller>::new()));
        let threads = (0..8_u64).map(|thread| {
            let (timers, clock, calls) = (Arc::clone(&timers), Arc::clone(&clock), calls.clone());
            let (deadlines, numbers) = (Arc::clone(&deadlines), Arc::clone(&numbers));
            let (waiting, cancelled) = (Arc::clone(&waiting), Arc::clone(&cancelled));
            thread::spawn(move || {
                let mut random = 1 + thread + 8 * round as u64;
                let mut random = move || {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    random
                };
                let leave = |it: Traveller| {
                    if timers.leave(it.place).is_some() {
                        cancelled.fetch_add(1, SeqCst);
                        deadlines[it.number].store(NEVER, SeqCst);
                    }
                };
                for _ in 0..EACH {
                    let number = numbers.fetch_add(1, SeqCst);
                    let deadline = clock.load(SeqCst) + random() % 100_000;
                    deadlines[number].store(deadline, SeqCst);
                    let shard = shard_of_this_thread();
                    let place = timers.enter(shard, deadline, waker(&calls, number));
                    let it = Traveller { place, number };
                    let mut waiting = waiting.lock().unwrap();
                    waiting.push(it);
                    let other = random() as usize % waiting.len();
                    match random() % 4 {
                        0 | 1 => {
                            let it = waiting.swap_remove(other);
                            drop(waiting);
                            leave(it);
                        }
                        2 => {
                            let it = &waiting[other];
                            let former = deadlines[it.number].load(SeqCst);
                            let later = former + random() % 1_000;
                            if timers.enter_again(&it.place, later) {
                                deadlines[it.number].store(later, SeqCst);
                            }
                        }
                        _ => {}
                    }
                }
            })
        });
        let threads: Vec<_> = threads.collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        stop.store(round + 1 == ROUNDS, SeqCst);
    }
    let woken = driver.join().unwrap();
    let woken_numbers = calls.lock().unwrap();
    let all = numbers.load(SeqCst);
    assert_eq!(woken as usize + cancelled.load(SeqCst), all);
    assert_eq!(woken_numbers.len() as u64, woken);
    let once: BTreeSet<_> = woken_numbers.iter().collect();
    assert_eq!(once.len(), woken_numbers.len(), "somebody was woken twice");
    assert!(
        once.iter()
            .all(|&&number| deadlines[number].load(SeqCst) != NEVER)
    );
}
