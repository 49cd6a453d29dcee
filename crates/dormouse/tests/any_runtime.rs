//! A runtime that is only known at run time keeps the contract of the one inside.

use std::any::Any;
use std::cell::Cell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind};
use std::time::Duration;

use dormouse::{
    AnyHandle, AnyRuntime, AnySleep, AnyTask, AsyncStd, BlockOn, Coalesced, JoinSet, Sleeper, Smol,
    SmolExecutor, Spawner, Task, Tokio, TokioRuntime, Virtual, interval,
};
use futures::channel::oneshot;

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
fn its_random_delays_are_those_of_the_runtime_inside() {
    let plain = Virtual::seeded(7);
    let any = AnyHandle::new(Virtual::seeded(7).handle());
    for _ in 0..3 {
        assert_eq!(any.draw_seed(), plain.draw_seed());
    }
    assert_ne!(any.draw_seed(), any.draw_seed());
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

/// Every name is in one of the lists, which are those of the docs of `named`.
#[test]
fn a_named_runtime_ends_with_its_drop_unless_it_is_of_the_process() {
    for name in AnyRuntime::names() {
        let ends = match name {
            "tokio" | "tokio-current-thread" | "futures" | "virtual" => true,
            "smol" | "async-std" | "threads" => false,
            other => panic!("is `{other}` an owner? say so at `named`"),
        };
        let runtime = AnyRuntime::named(name).unwrap();
        let handle = runtime.handle();
        let (go_on, told) = oneshot::channel();
        let mut before = runtime.spawn(async { told.await.unwrap() });
        drop(runtime);
        let after = Smol.block_on(handle.spawn(async {}));
        assert_eq!(after.is_err(), ends, "{name}");
        if ends {
            // Not told before: a drop does not wait, so a task may still be polled.
            let cancelled = Smol.block_on(&mut before).unwrap_err();
            assert!(cancelled.is_cancelled(), "{name}: {cancelled}");
        } else {
            assert!(!before.is_finished(), "{name}");
            go_on.send(()).unwrap();
            assert!(Smol.block_on(before).is_ok(), "{name}");
        }
    }
    let runtime = AnyRuntime::new(SmolExecutor::new(1));
    let task = runtime.spawn(pending::<()>());
    drop(runtime);
    assert!(Smol.block_on(task).unwrap_err().is_cancelled());
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

/// A sleep of an ambient runtime can't be made here, but one that is there can be moved.
#[test]
fn an_interval_goes_on_where_no_sleep_can_be_made() {
    let runtime = TokioRuntime::current_thread();
    let mut ticks = runtime.block_on(async {
        let mut ticks = interval(&AnyHandle::new(Tokio), Duration::from_millis(5));
        ticks.tick().await;
        ticks
    });
    drop(runtime);
    futures::executor::block_on(async {
        ticks.tick().await;
        ticks.tick().await;
    });
}

/// As one whose type is known: the compiler refuses `catch_unwind` otherwise.
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

/// The line of the `block_on` that drives is not that of the calls in the tasks that it drives.
#[test]
fn a_call_in_a_task_is_named_by_its_own_line() {
    let runtime = AnyRuntime::new(Virtual::new());
    let handle = runtime.handle();
    let (first, line) = (handle.clone(), line!() + 2);
    let tasks = runtime.spawn(async move {
        first.spawn(pending::<()>()).detach();
    });
    let blocked = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(pending::<()>());
    }));
    let message = message_of(&*blocked.unwrap_err());
    let place = format!("it was spawned at {}:{line}:", file!());
    assert!(message.contains(&place), "{message}");
    drop(tasks);

    let outside = handle.spawn(async {
        let sleep = catch_unwind(|| Tokio.sleep(Duration::ZERO)).map(drop);
        message_of(&*sleep.unwrap_err())
    });
    let message = runtime.block_on(outside).unwrap();
    assert!(!message.contains("called at"), "{message}");
}

#[test]
fn a_nested_block_on_names_the_line_that_called_it() {
    let outer = ::tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let line = line!() + 3;
    let refused = outer.block_on(async {
        let inner = AnyRuntime::new(TokioRuntime::current_thread());
        catch_unwind(AssertUnwindSafe(|| inner.block_on(async {}))).unwrap_err()
    });
    let message = message_of(&*refused);
    let place = format!("(called at {}:{line}:", file!());
    assert!(message.contains(&place), "{message}");
}

fn message_of(payload: &dyn Any) -> String {
    payload.downcast_ref::<String>().unwrap().clone()
}
