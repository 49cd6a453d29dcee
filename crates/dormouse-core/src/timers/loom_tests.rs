//! The timers under every interleaving of entering, leaving and firing.

use std::sync::Arc;
use std::task::Wake;

use loom::thread;

use super::*;

/// Records the order in which wakers were woken.
struct Call(u64, Calls);

type Calls = Arc<Mutex<Vec<u64>>>;

impl Wake for Call {
    fn wake(self: Arc<Self>) {
        self.1.lock().unwrap().push(self.0);
    }
}

fn enter(timers: &Timers, calls: &Calls, shard: usize, deadline: u64) -> Place {
    let call = Call(deadline, Arc::clone(calls));
    timers.enter(shard, deadline, Waker::from(Arc::new(call)))
}

fn woken(calls: &Calls) -> Vec<u64> {
    calls.lock().unwrap().clone()
}

#[test]
fn two_who_fire_wake_in_order() {
    loom::model(|| {
        let (timers, calls) = (Arc::new(Timers::new(0)), Calls::default());
        for (shard, deadline) in [(0, 10), (1, 15), (0, 20)] {
            enter(&timers, &calls, shard, deadline);
        }
        let early = {
            let timers = Arc::clone(&timers);
            thread::spawn(move || timers.fire(15))
        };
        let woken_late = timers.fire(20);
        assert_eq!(early.join().unwrap() + woken_late, 3);
        assert_eq!(woken(&calls), [10, 15, 20]);
    });
}

#[test]
fn the_driver_has_seen_who_enters_or_is_told() {
    loom::model(|| {
        let (timers, calls) = (Arc::new(Timers::new(0)), Calls::default());
        let entering = [(0, 10), (1, 20)].map(|(shard, deadline)| {
            let (timers, calls) = (Arc::clone(&timers), Arc::clone(&calls));
            thread::spawn(move || {
                enter(&timers, &calls, shard, deadline);
                timers.is_early(deadline)
            })
        });
        timers.promise(NEVER);
        let first = timers.next();
        timers.promise(first);
        let told = entering.map(|thread| thread.join().unwrap());
        // The driver has seen the first deadline, or has been told of it.
        assert!(first <= 10 || told[0]);
    });
}

#[test]
fn who_leaves_takes_the_waker_or_has_been_woken() {
    loom::model(|| {
        let (timers, calls) = (Arc::new(Timers::new(0)), Calls::default());
        let place = enter(&timers, &calls, 0, 10);
        let leaving = {
            let timers = Arc::clone(&timers);
            thread::spawn(move || timers.leave(place).is_some())
        };
        timers.fire(10);
        let cancelled = leaving.join().unwrap();
        assert_eq!(woken(&calls).len(), usize::from(!cancelled));
        assert_eq!(timers.fire(20), 0);
    });
}

#[test]
fn the_latest_waker_is_woken() {
    loom::model(|| {
        let (timers, calls) = (Arc::new(Timers::new(0)), Calls::default());
        let place = timers.enter(0, 10, Waker::noop().clone());
        let renewing = {
            let (timers, calls) = (Arc::clone(&timers), Arc::clone(&calls));
            let latest = Waker::from(Arc::new(Call(1, calls)));
            thread::spawn(move || timers.set_waker(&place, &latest))
        };
        timers.fire(10);
        let state = renewing.join().unwrap();
        assert_eq!(woken(&calls).is_empty(), state == State::Woken);
    });
}

#[test]
fn who_moves_is_woken_at_one_time() {
    loom::model(|| {
        let (timers, calls) = (Arc::new(Timers::new(0)), Calls::default());
        let place = enter(&timers, &calls, 0, 10);
        let moving = {
            let timers = Arc::clone(&timers);
            thread::spawn(move || timers.enter_again(&place, 20))
        };
        let first = timers.fire(10);
        let moved = moving.join().unwrap();
        let second = timers.fire(20);
        assert_eq!((first, second), if moved { (0, 1) } else { (1, 0) });
    });
}
