//! Tasks that stay on their thread, and their runtimes that are dropped.

use std::cell::Cell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use dormouse::{
    BlockOn, CompioRuntime, FuturesLocal, LocalSpawner, Sleeper, SmolLocal, Task, Threads,
    TokioLocal, TokioRuntime, interval,
};

use crate::child;
use crate::handles::panics_when_polled;

/// The handle of a local task resolves wherever its runtime is dropped.
macro_rules! local_cases {
    ($($name:ident: $make:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn the_runtime_dropped_inside_of_others() {
                let name = concat!(module_path!(), "::the_runtime_dropped_inside_of_others");
                child::run(name, || {
                    for place in 0..4 {
                        let rt = $make;
                        let mut task = rt.spawn_local(pending::<()>());
                        let polled = rt.spawn_local(pending::<()>());
                        rt.block_on(async { rt.sleep(Duration::from_millis(1)).await });
                        match place {
                            0 => drop(rt),
                            1 => Threads.block_on(async { drop(rt) }),
                            2 => TokioRuntime::new().block_on(async { drop(rt) }),
                            _ => {
                                let unwound = catch_unwind(AssertUnwindSafe(|| {
                                    let _rt = rt;
                                    panic!("unwinds");
                                }));
                                assert!(unwound.is_err());
                            }
                        }
                        task.abort();
                        assert!(Threads.block_on(task).unwrap_err().is_cancelled());
                        assert!(Threads.block_on(polled).unwrap_err().is_cancelled());
                    }
                });
            }

            #[test]
            fn the_runtime_dropped_by_the_panic_that_ends_its_thread() {
                let name = concat!(
                    module_path!(),
                    "::the_runtime_dropped_by_the_panic_that_ends_its_thread"
                );
                child::run(name, || {
                    let held = Arc::new(());
                    let inside = Arc::clone(&held);
                    let ended = thread::spawn(move || {
                        let rt = $make;
                        rt.spawn_local(async move {
                            pending::<()>().await;
                            drop(inside);
                        })
                        .detach();
                        panic!("ends the thread");
                    });
                    assert!(ended.join().is_err());
                    assert_eq!(Arc::strong_count(&held), 1);
                });
            }

            #[test]
            fn a_task_that_holds_a_handle() {
                let name = concat!(module_path!(), "::a_task_that_holds_a_handle");
                child::run(name, || {
                    let held = Arc::new(());
                    let rt = $make;
                    let (inside, handle) = (Arc::clone(&held), rt.handle());
                    let mut ticks = interval(&rt, Duration::from_millis(1));
                    rt.spawn_local(async move {
                        loop {
                            ticks.tick().await;
                            let _ = (&inside, &handle);
                        }
                    })
                    .detach();
                    rt.block_on(async { rt.sleep(Duration::from_millis(5)).await });
                    let handle = rt.handle();
                    drop(rt);
                    assert_eq!(Arc::strong_count(&held), 1);
                    let task = handle.spawn_local(async {});
                    assert!(Threads.block_on(task).unwrap_err().is_cancelled());
                });
            }

            #[test]
            fn a_handle_polled_after_it_has_resolved() {
                let name = concat!(module_path!(), "::a_handle_polled_after_it_has_resolved");
                child::run(name, || {
                    let rt = $make;
                    let mut task = rt.spawn_local(async { 42 });
                    assert_eq!(rt.block_on(&mut task).unwrap(), 42);
                    panics_when_polled(&mut task);
                });
            }

            #[test]
            fn a_destructor_that_panics_on_abort() {
                let name = concat!(module_path!(), "::a_destructor_that_panics_on_abort");
                child::run(name, || {
                    struct Bomb;

                    impl Drop for Bomb {
                        fn drop(&mut self) {
                            if !thread::panicking() {
                                panic!("a bomb");
                            }
                        }
                    }

                    let rt = $make;
                    let begun = Rc::new(Cell::new(false));
                    let begins = Rc::clone(&begun);
                    let mut task = rt.spawn_local(async move {
                        let _bomb = Bomb;
                        begins.set(true);
                        pending::<()>().await;
                    });
                    // A sleep that is due at its first poll lets nobody run.
                    while !begun.get() {
                        rt.block_on(rt.sleep(Duration::from_millis(2)));
                    }
                    task.abort();
                    assert!(rt.block_on(task).unwrap_err().is_panic());
                    rt.spawn_local(async { Bomb }).detach();
                    assert_eq!(rt.block_on(rt.spawn_local(async { 1 })).unwrap(), 1);
                    rt.block_on(async { rt.sleep(Duration::from_millis(2)).await });
                });
            }
        }
    )*};
}

local_cases! {
    tokio_local: TokioLocal::new();
    smol_local: SmolLocal::new();
    futures_local: FuturesLocal::new();
    compio: CompioRuntime::new();
}
