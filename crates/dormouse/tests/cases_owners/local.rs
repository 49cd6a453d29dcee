//! Runtimes whose tasks stay on their thread, dropped where a program may drop them.

use std::future::pending;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use dormouse::{
    BlockOn, CompioRuntime, FuturesLocal, LocalSpawner, Sleeper, SmolLocal, Task, Threads,
    TokioLocal, TokioRuntime,
};

use crate::child;

/// The handle of a local task resolves wherever its runtime is dropped.
macro_rules! local_cases {
    ($($name:ident: $make:expr;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn the_runtime_dropped_inside_of_others() {
                let name = concat!(module_path!(), "::the_runtime_dropped_inside_of_others");
                child::run(name, || {
                    for outer_is_tokio in [false, true] {
                        let rt = $make;
                        let mut task = rt.spawn_local(pending::<()>());
                        let polled = rt.spawn_local(pending::<()>());
                        rt.block_on(async { rt.sleep(Duration::from_millis(1)).await });
                        if outer_is_tokio {
                            TokioRuntime::new().block_on(async { drop(rt) });
                        } else {
                            Threads.block_on(async { drop(rt) });
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
        }
    )*};
}

local_cases! {
    tokio_local: TokioLocal::new();
    smol_local: SmolLocal::new();
    futures_local: FuturesLocal::new();
    compio: CompioRuntime::new();
}
