//! The two halves of a remote task under every interleaving.

use std::future::{pending, ready};

use loom::future::block_on;
use loom::thread;

use super::*;

#[test]
fn the_value_reaches_the_handle() {
    loom::model(|| {
        let (run, task) = remote(ready(42));
        let runner = thread::spawn(|| block_on(run));
        assert_eq!(block_on(task).unwrap(), 42);
        runner.join().unwrap();
    });
}

#[test]
fn an_abort_ends_the_runner_and_then_the_handle() {
    loom::model(|| {
        let (run, mut task) = remote(pending::<()>());
        let runner = thread::spawn(|| block_on(run));
        task.abort();
        assert!(block_on(task).unwrap_err().is_cancelled());
        runner.join().unwrap();
    });
}

#[test]
fn an_abort_beside_the_end_gives_the_value_or_a_cancellation() {
    loom::model(|| {
        let (run, mut task) = remote(ready(42));
        let runner = thread::spawn(|| block_on(run));
        task.abort();
        let result = block_on(task);
        assert!(result.map_or_else(|error| error.is_cancelled(), |value| value == 42));
        runner.join().unwrap();
    });
}

#[test]
fn a_handle_that_is_dropped_leaves_nothing_behind() {
    loom::model(|| {
        let value = loom::sync::Arc::new(());
        let (run, task) = remote(ready(value.clone()));
        let runner = thread::spawn(|| block_on(run));
        drop(task);
        runner.join().unwrap();
        assert_eq!(loom::sync::Arc::strong_count(&value), 1);
    });
}

#[test]
fn a_runner_that_is_dropped_cancels() {
    loom::model(|| {
        let (run, task) = remote(pending::<()>());
        let runner = thread::spawn(|| drop(run));
        assert!(block_on(task).unwrap_err().is_cancelled());
        runner.join().unwrap();
    });
}
