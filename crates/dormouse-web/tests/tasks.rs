//! Tasks in a browser leave time for everything else that it does.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

#[path = "browser/held.rs"]
mod held;

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use dormouse_core::{AbortOnDrop, LocalSpawner, Sleeper, Task, interval, wait_n};
use dormouse_web::Web;
use held::held;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// More polls than a timer needs to end, but few enough for the test to end soon.
const TOO_MANY: u32 = 1_000_000;

#[wasm_bindgen_test]
async fn a_task_that_wakes_itself_lets_timers_run() {
    let over = Rc::new(Cell::new(false));
    let busy = Web.spawn_local(busy(Rc::clone(&over)));
    Web.sleep(Duration::from_millis(100)).await;
    over.set(true);
    let polls = busy.await.unwrap();
    assert!(polls > 10 && polls < TOO_MANY, "{polls} polls in 100 ms");
}

#[wasm_bindgen_test]
async fn tasks_that_wake_each_other_let_timers_run() {
    let over = Rc::new(Cell::new(false));
    let wakers = [Rc::new(Cell::new(None)), Rc::new(Cell::new(None))];
    let player = |own: usize| {
        let (own, other) = (Rc::clone(&wakers[own]), Rc::clone(&wakers[1 - own]));
        let over = Rc::clone(&over);
        let mut polls = 0;
        Web.spawn_local(poll_fn(move |cx| {
            own.set(Some(cx.waker().clone()));
            if let Some(waker) = other.take() {
                waker.wake();
            }
            polls += 1;
            if over.get() || polls > TOO_MANY {
                Poll::Ready(polls)
            } else {
                Poll::Pending
            }
        }))
    };
    let (ping, pong) = (player(0), player(1));
    Web.sleep(Duration::from_millis(100)).await;
    over.set(true);
    for task in [ping, pong] {
        let polls = task.await.unwrap();
        assert!(polls > 10 && polls < TOO_MANY, "{polls} polls in 100 ms");
    }
}

#[wasm_bindgen_test]
async fn tasks_begin_in_the_order_in_which_they_were_spawned() {
    let begun = Rc::new(Cell::new(0));
    let tasks: Vec<_> = (0..1_000)
        .map(|number| {
            let begun = Rc::clone(&begun);
            Web.spawn_local(async move { begun.replace(number + 1) == number })
        })
        .collect();
    assert_eq!(
        begun.get(),
        0,
        "none runs inside of the call that spawns it"
    );
    for task in tasks {
        assert!(task.await.unwrap());
    }
}

#[wasm_bindgen_test]
async fn a_task_is_woken_from_a_callback_of_the_browser() {
    // At the same time: an interval, a list of waits, and a task that is aborted.
    let ticking = Web.spawn_local(async {
        let mut ticks = interval(&Web, Duration::from_millis(5));
        let first = ticks.tick().await;
        for _ in 0..10 {
            ticks.tick().await;
        }
        Web.now() - first
    });
    let waiting = Web.spawn_local(wait_n(&Web, 100, Duration::from_millis(20)));
    let dropped = Rc::new(());
    let kept = Rc::clone(&dropped);
    let aborted = AbortOnDrop::new(Web.spawn_local(async move {
        Web.sleep(Duration::MAX).await;
        drop(kept);
    }));
    assert!(ticking.await.unwrap() >= Duration::from_millis(15));
    assert!(waiting.await.unwrap().is_sorted());
    assert_eq!(Rc::strong_count(&dropped), 2);
    drop(aborted);
    Web.sleep(Duration::from_millis(1)).await;
    assert_eq!(Rc::strong_count(&dropped), 1);
}

#[wasm_bindgen_test]
async fn tasks_that_have_ended_leave_nothing_behind() {
    let kept = Rc::new(());
    let round = async || {
        for _ in 0..20_000 {
            let inside = Rc::clone(&kept);
            Web.spawn_local(async move { drop(inside) }).detach();
        }
        while Rc::strong_count(&kept) > 1 {
            Web.sleep(Duration::from_millis(1)).await;
        }
    };
    // After these rounds the tables no longer grow.
    for _ in 0..10 {
        round().await;
    }
    let before = held();
    for _ in 0..10 {
        round().await;
    }
    assert_eq!(held(), before, "references and bytes");
}

/// Wakes itself all the time; gives how often it was polled.
async fn busy(over: Rc<Cell<bool>>) -> u32 {
    let mut polls = 0;
    while !over.get() && polls < TOO_MANY {
        polls += 1;
        let mut yielded = false;
        let turn = poll_fn(|cx| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        });
        pin!(turn).await;
    }
    polls
}
