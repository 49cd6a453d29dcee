//! Handles and sleeps that are shared.

use dormouse::{AbortOnDrop, Threads};

/// A handle may be kept in a type that must be `Sync`.
#[test]
fn handles_are_sync() {
    fn sync<T: Send + Sync>() {}
    sync::<dormouse::TokioTask<u8>>();
    sync::<dormouse::SmolTask<u8>>();
    sync::<dormouse::SmolBlockingTask<u8>>();
    sync::<dormouse::AsyncStdTask<u8>>();
    sync::<dormouse::AsyncStdBlockingTask<u8>>();
    sync::<dormouse::FuturesTask<u8>>();
    sync::<dormouse::ThreadsTask<u8>>();
    sync::<dormouse::AnyTask<u8>>();
    sync::<AbortOnDrop<dormouse::SmolTask<u8>>>();
    // Even if the value is `Send` and not `Sync`.
    sync::<dormouse::TokioTask<std::cell::Cell<u8>>>();
    sync::<dormouse::SmolTask<std::cell::Cell<u8>>>();
    sync::<dormouse::AsyncStdTask<std::cell::Cell<u8>>>();
    sync::<dormouse::FuturesTask<std::cell::Cell<u8>>>();
    sync::<dormouse::AnyTask<std::cell::Cell<u8>>>();
}

/// hyper's timers need sleeps that are `Sync`.
#[test]
fn sleeps_are_sync() {
    fn sync<R: dormouse::Runtime>() {}
    sync::<dormouse::AnyHandle>();
    sync::<dormouse::TokioHandle>();
    sync::<dormouse::Tokio>();
    sync::<dormouse::SmolHandle>();
    sync::<dormouse::AsyncStd>();
    sync::<dormouse::FuturesHandle>();
    sync::<Threads>();
}
