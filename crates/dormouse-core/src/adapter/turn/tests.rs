//! Turns, in polls of the traits and outside of them.

use super::*;
use crate::adapter::{enter, noop};

fn lose(tasks: u32) {
    for _ in 0..tasks {
        note_made();
        note_dropped();
        spawned();
    }
}

fn take() -> Poll<()> {
    take_turn(&mut Context::from_waker(noop()))
}

#[test]
fn tasks_that_were_lost_in_former_polls_do_not_count() {
    for _poll in 0..3 {
        let _current = enter("MyRuntime", noop());
        lose(MOST - 1);
        assert!(take().is_ready());
    }
    let _current = enter("MyRuntime", noop());
    lose(MOST);
    drop(_current);
    let _current = enter("MyRuntime", noop());
    assert!(take().is_ready());
}

#[test]
fn tasks_that_are_dropped_later_do_not_count() {
    (0..10 * MOST).for_each(|_| note_made());
    (0..10 * MOST).for_each(|_| note_dropped());
    assert!(take().is_ready());
    for _ in 0..10 * MOST {
        note_made();
        spawned();
        note_dropped();
    }
    assert!(take().is_ready());
}

#[test]
fn every_call_of_the_poll_is_pending() {
    let current = enter("MyRuntime", noop());
    lose(MOST);
    assert!((0..1_000).all(|_| take().is_pending()));
    assert_eq!(without_turns(take), Poll::Ready(()));
    assert!(take().is_pending());
    drop(current);
    assert!(take().is_ready());
}

#[test]
fn outside_of_the_traits_a_turn_ends_with_its_time_or_a_poll_inside_of_them() {
    for _round in 0..2 {
        lose(MOST);
        let lost = HERE.with(|here| here.latest_lost.get()).unwrap();
        while take().is_pending() {
            // Those that are lost meanwhile do not make the turn longer.
            lose(1);
        }
        assert!(lost.elapsed() >= LONGEST);
        assert!(take().is_ready());
    }
    lose(MOST);
    std::thread::sleep(LONGEST);
    assert!(take().is_ready());
    lose(MOST);
    drop(enter("MyRuntime", noop()));
    assert!(take().is_ready());
}

#[test]
fn tasks_that_are_lost_now_and_then_do_not_count_outside_of_the_traits() {
    for _ in 0..3 {
        lose(MOST - 1);
        std::thread::sleep(TOGETHER);
    }
    lose(1);
    assert!(take().is_ready());
}

#[test]
fn a_turn_is_pending_once_but_many_in_a_poll_are_pending_for_its_rest() {
    let cx = &mut Context::from_waker(noop());
    let current = enter("MyRuntime", noop());
    let mut turns = [Turn::default(); 2 * MOST as usize];
    assert!(turns.iter_mut().all(|turn| turn.poll(cx).is_pending()));
    let ready = turns
        .iter_mut()
        .filter_map(|turn| turn.poll(cx).is_ready().then_some(()));
    assert_eq!(ready.count(), MOST as usize - 1);
    drop(current);
    // In another poll, each of them.
    assert!(turns.iter_mut().all(|turn| turn.poll(cx).is_ready()));
}

#[test]
fn an_executor_inside_of_a_poll_gets_on() {
    let _current = enter("MyRuntime", noop());
    lose(MOST);
    futures::executor::block_on(std::future::poll_fn(take_turn));
}
