//! A tokio runtime in the places where real programs have one: inside another runtime, in its own
//! task, on a thread that unwinds, beside code that does not use our traits.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::Duration;

use dormouse_conformance::cases::owner_drop::an_owner_can_go_in_a_task_of_its_own;
use dormouse_core::{BlockOn, Coalesced, Sleeper, SpawnBlocking, Spawner, timeout, wait_n};
use dormouse_tokio::{Tokio, TokioHandle, TokioLocal, TokioRuntime};

const SHORT: Duration = Duration::from_millis(5);
const LONG: Duration = Duration::from_secs(30);

#[test]
fn block_on_inside_of_a_runtime_is_refused_in_our_words() {
    for (outer, inner) in flavours().into_iter().zip(flavours()) {
        let refused = outer.block_on(async { blocks(|| inner.block_on(async {})) });
        let text = words(refused);
        assert!(
            text.starts_with("`TokioRuntime::block_on` inside of a task"),
            "{text}"
        );
        let refused = outer.block_on(async { blocks(|| outer.block_on(async {})) });
        assert_eq!(words(refused), text);
        let task =
            outer.spawn(async { blocks(|| TokioRuntime::current_thread().block_on(async {})) });
        assert_eq!(words(outer.block_on(task).unwrap()), text);
        // In code that was not spawned through our traits, tokio detects it.
        let handle = outer.handle();
        let task = handle
            .as_ref()
            .spawn(async { blocks(|| TokioLocal::new().block_on(async {})) });
        let text = words(outer.block_on(async { task.await.unwrap() }));
        assert!(
            text.starts_with("`TokioLocal::block_on` inside of a task"),
            "{text}"
        );
        assert_eq!(outer.block_on(async { 42 }), 42, "it goes on");
    }
}

#[test]
fn block_on_is_allowed_where_tokio_allows_blocking() {
    let runtime = TokioRuntime::multi_thread(2);
    let inside = |runtime: &TokioRuntime| {
        tokio::task::block_in_place(|| runtime.block_on(runtime.sleep(SHORT)));
    };
    runtime.block_on(async { inside(&runtime) });
    let handle = runtime.handle();
    let task = runtime.spawn(async move {
        tokio::task::block_in_place(|| {
            let other = TokioRuntime::current_thread();
            other.block_on(handle.sleep(SHORT));
        });
    });
    runtime.block_on(task).unwrap();
    let task = runtime.spawn_blocking(|| TokioRuntime::current_thread().block_on(async { 42 }));
    assert_eq!(runtime.block_on(task).unwrap(), 42);
    let _entered = runtime.handle().as_ref().enter();
    assert_eq!(TokioRuntime::current_thread().block_on(async { 42 }), 42);
}

#[test]
fn a_local_set_and_a_thread_that_blocks_do_no_harm() {
    let runtime = TokioRuntime::current_thread();
    let set = tokio::task::LocalSet::new();
    let ticks = set.run_until(async {
        let task = tokio::task::spawn_local(async { wait_n(&Tokio, 100, SHORT).await.len() });
        thread::sleep(4 * SHORT);
        timeout(&Tokio, LONG, task).await.unwrap().unwrap()
    });
    assert_eq!(runtime.block_on(ticks), 100);
}

#[test]
fn a_runtime_inside_of_another_works() {
    for outer in flavours() {
        let inner = TokioRuntime::multi_thread(1);
        outer.block_on(async {
            let handle = inner.handle();
            handle.sleep(SHORT).await;
            assert_eq!(inner.spawn(async { 42 }).await.unwrap(), 42);
            Coalesced::new(handle).sleep(SHORT).await;
        });
    }
}

#[test]
fn the_ambient_handle_is_that_of_the_runtime() {
    assert!(TokioHandle::try_current().is_none());
    let runtime = TokioRuntime::new();
    let here = runtime.block_on(async { TokioHandle::try_current() });
    assert_eq!(here.unwrap().as_ref().id(), runtime.handle().as_ref().id());
}

#[test]
fn the_owner_may_be_dropped_in_its_own_task() {
    let owner = TokioRuntime::multi_thread(2);
    an_owner_can_go_in_a_task_of_its_own(owner.handle(), owner);
}

fn flavours() -> [TokioRuntime; 2] {
    [
        TokioRuntime::multi_thread(2),
        TokioRuntime::current_thread(),
    ]
}

/// The message of a panic.
fn words<T>(result: thread::Result<T>) -> String {
    let payload = result.err().expect("it panics");
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.expect("with words").to_owned()
}

fn blocks(run: impl FnOnce()) -> thread::Result<()> {
    catch_unwind(AssertUnwindSafe(run))
}
