//! A runtime that is only known at run time keeps the contract of the one inside.

use std::cell::Cell;
use std::panic::{RefUnwindSafe, UnwindSafe, catch_unwind};

use dormouse::{
    AnyHandle, AnyRuntime, AnySleep, AnyTask, AsyncStd, BlockOn, Coalesced, JoinSet, Smol, Spawner,
    Task, Tokio, TokioRuntime,
};

mod tokio {
    dormouse_conformance::conformance!(dormouse::AnyRuntime::named("tokio").unwrap());
}

mod tokio_current_thread {
    dormouse_conformance::conformance!(
        dormouse::AnyRuntime::named("tokio-current-thread").unwrap()
    );
}

mod smol {
    dormouse_conformance::conformance!(dormouse::AnyRuntime::named("smol").unwrap(), process_wide);
}

mod async_std {
    dormouse_conformance::conformance!(
        dormouse::AnyRuntime::named("async-std").unwrap(),
        process_wide
    );
}

mod on_virtual_time {
    dormouse_conformance::conformance!(dormouse::AnyRuntime::named("virtual").unwrap());
}

mod coalesced {
    use dormouse::{AnyRuntime, Coalesced};

    dormouse_conformance::conformance!(Coalesced::new(
        AnyRuntime::named("tokio-current-thread").unwrap()
    ));
}

#[test]
fn the_names_are_those_of_the_features() {
    let names: Vec<_> = AnyRuntime::names().collect();
    assert_eq!(
        names,
        [
            "tokio",
            "tokio-current-thread",
            "smol",
            "async-std",
            "futures",
            "threads",
            "virtual"
        ]
    );
}

#[test]
fn compio_is_said_to_have_no_tasks_for_it() {
    let error = AnyRuntime::named("compio").unwrap_err().to_string();
    assert!(error.contains("use `CompioRuntime` itself"), "{error}");
}

#[test]
fn an_unknown_name_is_named_with_those_that_are_there() {
    let error = AnyRuntime::named("nope").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no runtime is named `nope`; built in: tokio, tokio-current-thread, smol, async-std, futures, threads, virtual"
    );
}

#[test]
fn current_is_the_runtime_that_the_code_runs_in() {
    assert!(AnyRuntime::current().is_none());
    let here = || async { AnyRuntime::current().map(|runtime| runtime.spawn(async { 42 })) };
    for runtime in [TokioRuntime::new(), TokioRuntime::current_thread()] {
        let value = runtime.block_on(async { here().await.unwrap().await });
        assert_eq!(value.unwrap(), 42);
    }
    let value = AsyncStd.block_on(async { here().await.unwrap().await });
    assert_eq!(value.unwrap(), 42);
    assert!(Smol.block_on(here()).is_none());
}

#[test]
fn the_innermost_runtime_is_the_current_one() {
    let name = || format!("{:?}", AnyRuntime::current());
    // `#[tokio::main]` is a runtime that was not started through our traits.
    let tokio = ::tokio::runtime::Builder::new_multi_thread()
        .enable_time()
        .build()
        .unwrap();
    tokio.block_on(async {
        assert!(name().contains("TokioHandle"), "{}", name());
        let inside = ::tokio::task::block_in_place(|| AsyncStd.block_on(async { name() }));
        assert!(inside.contains("AsyncStd"), "{inside}");
        let inside = ::tokio::task::block_in_place(|| Smol.block_on(async { name() }));
        assert_eq!(
            inside, "None",
            "smol can't be told, and tokio is not innermost"
        );
        assert!(name().contains("TokioHandle"), "{}", name());
    });
    let inside = ::async_std::task::block_on(async {
        assert!(name().contains("AsyncStd"), "{}", name());
        TokioRuntime::current_thread().block_on(async { name() })
    });
    assert!(inside.contains("TokioHandle"), "{inside}");
}

#[test]
fn a_handle_of_what_is_there_is_one_too() {
    let runtime = TokioRuntime::new();
    let task = runtime.block_on(async { AnyHandle::new(Tokio).spawn(async { 42 }).await });
    assert_eq!(task.unwrap(), 42);
}

#[test]
fn dropping_the_handle_detaches() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let runtime = AnyRuntime::named("tokio").unwrap();
    drop(runtime.spawn(async move { sender.send(1) }));
    assert_eq!(receiver.recv(), Ok(1));
    runtime.spawn(async {}).detach();
}

/// As that of a type that is known: the compiler refuses `catch_unwind` otherwise.
#[test]
fn it_can_be_used_after_a_panic() {
    fn safe<T: UnwindSafe + RefUnwindSafe>() {}

    safe::<AnyRuntime>();
    safe::<AnyHandle>();
    safe::<AnySleep>();
    safe::<AnyTask<Cell<u8>>>();
    safe::<Coalesced<AnyHandle>>();
    safe::<Coalesced<AnyRuntime>>();
    safe::<JoinSet<u8, AnyHandle>>();
    for name in AnyRuntime::names() {
        let runtime = AnyRuntime::named(name).unwrap();
        let panics = catch_unwind(|| runtime.block_on(async { panic!("{name}") }));
        assert!(panics.is_err(), "{name}");
        assert_eq!(runtime.block_on(runtime.spawn(async { 42 })).unwrap(), 42);
    }
}
