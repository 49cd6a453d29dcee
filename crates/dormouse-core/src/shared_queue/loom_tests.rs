//! The queue under every interleaving of its tasks and its waiter.

use std::future::poll_fn;
use std::sync::Arc;

use loom::future::block_on;
use loom::thread;

use super::*;

fn queue(delays: &'static [u64]) -> Arc<SharedQueue> {
    let queue = SharedQueue::try_new(delays.len(), 100, delays.iter().copied());
    Arc::new(queue.expect("a few fit"))
}

/// Ends the wait of each delay, each on a thread of its own.
fn end_all(queue: &Arc<SharedQueue>, delays: &'static [u64]) -> Vec<thread::JoinHandle<()>> {
    let end = |&delay: &u64| {
        let queue = Arc::clone(queue);
        thread::spawn(move || queue.end(delay))
    };
    delays.iter().map(end).collect()
}

#[test]
fn the_list_is_in_order_when_all_have_ended() {
    loom::model(|| {
        let delays = &[30, 10, 20];
        let queue = queue(delays);
        let tasks = end_all(&queue, delays);
        let left = block_on(poll_fn(|cx| queue.poll_left(0, cx)));
        assert_eq!(left.unwrap(), 0);
        assert!(queue.all_ended());
        assert_eq!(queue.take_released(), [10, 20, 30]);
        tasks.into_iter().for_each(|task| task.join().unwrap());
    });
}

#[test]
fn the_waiter_is_woken_half_way_and_at_the_end() {
    loom::model(|| {
        let delays = &[7, 7];
        let queue = queue(delays);
        let tasks = end_all(&queue, delays);
        assert!(block_on(poll_fn(|cx| queue.poll_left(1, cx))).unwrap() <= 1);
        assert_eq!(block_on(poll_fn(|cx| queue.poll_left(0, cx))).unwrap(), 0);
        tasks.into_iter().for_each(|task| task.join().unwrap());
    });
}

#[test]
fn every_release_is_seen_in_order() {
    loom::model(|| {
        let delays = &[30, 10, 20];
        let queue = queue(delays);
        let tasks = end_all(&queue, delays);
        for (given, &delay) in [10, 20, 30].iter().enumerate() {
            let released = block_on(poll_fn(|cx| queue.poll_released(given, cx)));
            assert_eq!(released.unwrap(), delay);
        }
        tasks.into_iter().for_each(|task| task.join().unwrap());
    });
}

#[test]
fn a_lost_task_wakes_the_waiter() {
    loom::model(|| {
        let delays = &[10, 20, 30];
        let queue = queue(delays);
        let tasks = end_all(&queue, &delays[..2]);
        let losing = Arc::clone(&queue);
        let lost = thread::spawn(move || losing.lose());
        assert!(block_on(poll_fn(|cx| queue.poll_left(0, cx))).is_err());
        assert!(!queue.all_ended());
        tasks.into_iter().for_each(|task| task.join().unwrap());
        lost.join().unwrap();
    });
}

#[test]
fn what_was_released_comes_before_the_loss() {
    loom::model(|| {
        let delays = &[10, 20];
        let queue = queue(delays);
        let tasks = end_all(&queue, &delays[..1]);
        tasks.into_iter().for_each(|task| task.join().unwrap());
        let losing = Arc::clone(&queue);
        let lost = thread::spawn(move || losing.lose());
        let first = block_on(poll_fn(|cx| queue.poll_released(0, cx)));
        assert_eq!(first.unwrap(), 10);
        assert!(block_on(poll_fn(|cx| queue.poll_released(1, cx))).is_err());
        lost.join().unwrap();
    });
}
