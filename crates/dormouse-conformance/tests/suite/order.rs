//! The check of a list detects what it should.

use std::sync::{Arc, Mutex};

use dormouse_conformance::check_list;
use dormouse_core::{BlockOn, Spawner, wait_random};
use dormouse_tokio::TokioRuntime;

/// The usual idiom, which `task_wait_n` improves on: delays in the order in which the tasks report
/// them.
#[test]
fn a_list_in_the_order_of_completion_is_caught() {
    let (n, max) = (100_000, 1);
    let runtime = TokioRuntime::multi_thread(2);
    let list = Arc::new(Mutex::new(Vec::new()));
    runtime.block_on(async {
        let spawn = |_| {
            let (wait, list) = (wait_random(&runtime, max), Arc::clone(&list));
            runtime.spawn(async move {
                let delay = wait.await;
                list.lock().unwrap().push(delay);
            })
        };
        let tasks: Vec<_> = (0..n).map(spawn).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let list = list.lock().unwrap();
    let error = check_list(&list, n, max).unwrap_err();
    assert!(
        error.contains("of 100000 delays are smaller than the one before"),
        "{error}"
    );
}

#[test]
fn a_list_is_checked_for_its_length_its_range_and_its_order() {
    let check = |list: &[f64], n| check_list(list, n, 1).err().unwrap_or_default();
    assert_eq!(check(&[], 0), "");
    assert_eq!(check(&[0.0, 0.5, 0.5, 1.0], 4), "");
    assert_eq!(check(&[0.5], 2), "1 delays came back from 2 waits");
    assert_eq!(
        check(&[0.5, 1.5], 2),
        "delay number 1 is 1.5, not in [0, 1]"
    );
    assert_eq!(check(&[-0.5], 1), "delay number 0 is -0.5, not in [0, 1]");
    assert_eq!(
        check(&[f64::NAN], 1),
        "delay number 0 is NaN, not in [0, 1]"
    );
    assert!(check(&[0.2, 0.1, 0.3, 0.2], 4).starts_with("2 of 4 delays are smaller"));
}
