//! The futures crate's spawners, on every runtime.

use std::rc::Rc;

use dormouse::{
    AsyncStd, BlockOn, FuturesLocal, Smol, SmolLocal, TokioLocal, TokioRuntime, Virtual,
};
use dormouse_compat::Futures;
use futures::task::{LocalSpawn, LocalSpawnExt, Spawn, SpawnExt};

/// A function of a library that knows only the futures crate.
fn doubles(spawner: &impl Spawn) -> impl Future<Output = u32> {
    let tasks: Vec<_> = (1..=4)
        .map(|number| {
            spawner
                .spawn_with_handle(async move { 2 * number })
                .unwrap()
        })
        .collect();
    async { futures::future::join_all(tasks).await.into_iter().sum() }
}

#[test]
fn spawn_on_every_runtime() {
    let tokio = TokioRuntime::multi_thread(2);
    assert_eq!(tokio.block_on(doubles(&Futures::new(tokio.handle()))), 20);
    assert_eq!(Smol.block_on(doubles(&Futures::new(Smol))), 20);
    assert_eq!(AsyncStd.block_on(doubles(&Futures::new(AsyncStd))), 20);
    let clock = Virtual::new();
    assert_eq!(clock.block_on(doubles(&Futures::new(clock.handle()))), 20);
}

/// A future that is not `Send` stays on its thread.
fn doubles_there(spawner: &impl LocalSpawn) -> impl Future<Output = u32> {
    let number = Rc::new(21);
    let task = spawner.spawn_local_with_handle(async move { 2 * *number });
    task.unwrap()
}

#[test]
fn spawn_local_on_every_local_runtime() {
    let tokio = TokioLocal::new();
    assert_eq!(
        tokio.block_on(doubles_there(&Futures::new(tokio.handle()))),
        42
    );
    let smol = SmolLocal::new();
    assert_eq!(
        smol.block_on(doubles_there(&Futures::new(smol.handle()))),
        42
    );
    let local = FuturesLocal::new();
    assert_eq!(
        local.block_on(doubles_there(&Futures::new(local.handle()))),
        42
    );
    let clock = Virtual::new();
    assert_eq!(
        clock.block_on(doubles_there(&Futures::new(clock.handle()))),
        42
    );
}
