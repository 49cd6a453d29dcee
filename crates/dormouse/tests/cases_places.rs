//! What panics, bounds and manifests say.

use std::future::{Future, pending};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dormouse::{
    AnyHandle, AnyRuntime, BlockOn, Coalesced, MissedTick, Mixed, Runtime, Sleeper, SpawnBlocking,
    Spawner, Threads, Tokio, Virtual, interval, interval_at, task_wait_n, task_wait_random,
    timeout, timeout_at, wait_n, wait_random,
};

use crate::child::Owner;

#[path = "harness/child.rs"]
mod child;

cases_everywhere! {
    a_retry_of_a_callers_closure_in_a_task
}

/// A retry that can be spawned, with a closure of the caller.
fn a_retry_of_a_callers_closure_in_a_task(rt: impl Owner) {
    async fn retry<R: Runtime, F, T, E>(runtime: R, mut call: impl FnMut() -> F) -> Result<T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        for _ in 0..4 {
            if let Ok(value) = call().await {
                return Ok(value);
            }
            wait_random(&runtime, Duration::from_millis(2)).await;
        }
        call().await
    }

    fn in_a_task<R, C, F, T, E>(runtime: &R, call: C) -> R::Task<Result<T, E>>
    where
        R: Runtime,
        C: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Send + 'static,
    {
        runtime.spawn(retry(runtime.clone(), call))
    }

    let mut tries = 0;
    let task = in_a_task(&rt.to_handle(), move || {
        tries += 1;
        let now = tries;
        async move { if now < 3 { Err("busy") } else { Ok(now) } }
    });
    assert_eq!(rt.block_on(task).unwrap(), Ok(3));
}

/// Dependencies with known faults have a minimum version.
#[test]
fn versions_with_known_faults_are_shut_out() {
    let manifest = include_str!("../../../Cargo.toml");
    let floor = |name: &str| {
        let line = manifest
            .lines()
            .find(|line| line.starts_with(&format!("{name} = ")));
        let line = line.unwrap_or_else(|| panic!("{name} is in the manifest"));
        let version = line.split('"').nth(1).expect("a version in quotes");
        let parts: Vec<u32> = version
            .split('.')
            .map(|part| part.parse().unwrap())
            .collect();
        parts
    };
    // smol-rs/async-executor#163: a use after free when an executor is dropped.
    assert!(floor("async-executor") >= vec![1, 14, 1]);
    let smol = include_str!("../../dormouse-smol/Cargo.toml");
    assert!(smol.contains("async-executor.workspace = true"));
}

/// Outside of tokio, each call panics at the line that made it.
#[test]
fn a_missing_context_names_the_callers_line() {
    let name = concat!(module_path!(), "::a_missing_context_names_the_callers_line");
    child::run(name, || {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let place = Arc::clone(&seen);
        panic::set_hook(Box::new(move |info| {
            let file = info.location().map(|location| location.file().to_owned());
            place.lock().unwrap().push(file.unwrap_or_default());
        }));
        let calls: [(&str, fn()); 17] = [
            ("sleep", || drop(Tokio.sleep(LONG))),
            ("sleep_until", || {
                drop(Tokio.sleep_until(std::time::Instant::now()));
            }),
            ("timeout", || drop(timeout(&Tokio, LONG, pending::<()>()))),
            ("timeout_at", || {
                drop(timeout_at(
                    &Tokio,
                    std::time::Instant::now(),
                    pending::<()>(),
                ));
            }),
            ("interval", || drop(interval(&Tokio, LONG))),
            ("interval_at", || {
                drop(interval_at(&Tokio, std::time::Instant::now(), LONG));
            }),
            ("spawn", || drop(Tokio.spawn(async {}))),
            ("spawn_blocking", || drop(Tokio.spawn_blocking(|| ()))),
            ("wait_n", || drop(wait_n(&Tokio, 3, LONG))),
            ("wait_random", || drop(wait_random(&Tokio, LONG))),
            ("task_wait_n", || drop(task_wait_n(&Tokio, 3, LONG))),
            ("task_wait_random", || drop(task_wait_random(&Tokio, LONG))),
            ("a reference", || drop((&&Tokio).sleep(LONG))),
            ("a reference's spawn", || {
                drop(Spawner::spawn(&&Tokio, async {}));
            }),
            ("an interval that is named", || {
                drop(interval(&Tokio, LONG).missed_tick(MissedTick::Skip));
            }),
            ("a shared one", || drop(Arc::new(Tokio).sleep(LONG))),
            ("waits on one timer", || {
                drop(Coalesced::new(Mixed::new(Tokio, Threads)).wait_n(3, LONG));
            }),
        ];
        let mut wrong = Vec::new();
        for (what, call) in calls {
            seen.lock().unwrap().clear();
            match catch_unwind(call) {
                // It is lazy: polling it outside of the context would name that line.
                Ok(()) => continue,
                Err(payload) => {
                    let text = payload.downcast_ref::<&str>().copied();
                    let text =
                        text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
                    let ours = text.is_some_and(|text| text.contains("no tokio runtime here"));
                    let file = seen.lock().unwrap().first().cloned().unwrap_or_default();
                    if !ours || !file.ends_with("cases_places.rs") {
                        wrong.push(format!("{what}: {file}: {text:?}"));
                    }
                }
            }
        }
        drop(panic::take_hook());
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}

/// Behind a pointer, the location of the panic is another one, but the message names the caller's
/// line.
#[test]
fn a_missing_context_behind_any_handle_names_the_callers_line() {
    let name = concat!(
        module_path!(),
        "::a_missing_context_behind_any_handle_names_the_callers_line"
    );
    child::run(name, || {
        let any = AnyHandle::new(AnyHandle::new(Tokio));
        let calls: [&dyn Fn(); 5] = [
            &|| drop(any.sleep(LONG)),
            &|| drop(any.sleep_until(std::time::Instant::now())),
            &|| drop(timeout(&any, LONG, pending::<()>())),
            &|| drop(any.spawn(async {})),
            &|| drop(any.spawn_blocking(|| ())),
        ];
        for call in calls {
            let payload = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
            let text = payload.downcast_ref::<String>().expect("a text");
            assert!(
                text.contains("(called at ") && text.contains("cases_places.rs:"),
                "{text}"
            );
        }
    });
}

/// The report of a deadlock also names the caller's line.
#[test]
fn a_spawn_site_behind_any_runtime_is_the_callers_line() {
    let any = AnyRuntime::new(Virtual::new());
    dormouse::Task::detach(any.spawn(pending::<()>()));
    let deadlock = catch_unwind(AssertUnwindSafe(|| any.block_on(pending::<()>()))).unwrap_err();
    let text = deadlock.downcast_ref::<String>().expect("a text");
    assert_eq!(text.matches("cases_places.rs").count(), 2, "{text}");
    assert!(!text.contains("erased.rs"), "{text}");
}

/// In a task of another runtime, tokio's own state says nothing.
#[test]
fn a_context_of_tokio_that_is_entered_allows_no_block_on() {
    fn is_refused() -> bool {
        let runtime = dormouse::TokioRuntime::current_thread();
        let handle = runtime.handle();
        let _entered = handle.as_ref().enter();
        catch_unwind(AssertUnwindSafe(|| runtime.block_on(async {}))).is_err()
    }
    let smol = dormouse::SmolExecutor::new(1);
    assert!(smol.block_on(smol.spawn(async { is_refused() })).unwrap());
    assert!(smol.block_on(async { is_refused() }));
    let pool = dormouse::FuturesPool::new(1);
    assert!(pool.block_on(pool.spawn(async { is_refused() })).unwrap());
    // On a thread for blocking it is allowed.
    let closure = smol.spawn_blocking(is_refused);
    assert!(!smol.block_on(closure).unwrap());
}

/// A `block_on` that is refused also names the caller's line.
#[test]
fn a_block_on_that_is_refused_names_the_callers_line() {
    let name = concat!(
        module_path!(),
        "::a_block_on_that_is_refused_names_the_callers_line"
    );
    child::run(name, || {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let place = Arc::clone(&seen);
        panic::set_hook(Box::new(move |info| {
            let file = info.location().map(|location| location.file().to_owned());
            place.lock().unwrap().push(file.unwrap_or_default());
        }));
        let calls: [(&str, fn()); 9] = [
            ("Smol", || dormouse::Smol.block_on(async {})),
            ("Threads", || Threads.block_on(async {})),
            ("AsyncStd", || dormouse::AsyncStd.block_on(async {})),
            ("SmolExecutor", || {
                dormouse::SmolExecutor::new(0).block_on(async {});
            }),
            ("TokioRuntime", || {
                dormouse::TokioRuntime::current_thread().block_on(async {});
            }),
            ("FuturesPool", || {
                dormouse::FuturesPool::new(1).block_on(async {});
            }),
            ("FuturesLocal", || {
                dormouse::FuturesLocal::new().block_on(async {});
            }),
            ("CompioRuntime", || {
                dormouse::CompioRuntime::new().block_on(async {});
            }),
            ("AnyRuntime", || {
                AnyRuntime::new(dormouse::Smol).block_on(async {});
            }),
        ];
        let wrong = Threads.block_on(async {
            let mut wrong = Vec::new();
            for (what, call) in calls {
                seen.lock().unwrap().clear();
                let payload = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
                let text = payload
                    .downcast_ref::<String>()
                    .cloned()
                    .unwrap_or_default();
                let file = seen.lock().unwrap().first().cloned().unwrap_or_default();
                // The name of the type, as the user wrote it.
                if !text.starts_with(&format!("`{what}::block_on`"))
                    || !file.ends_with("cases_places.rs")
                {
                    wrong.push(format!("{what}: {file}: {text}"));
                }
            }
            wrong
        });
        drop(panic::take_hook());
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}

const LONG: Duration = Duration::from_secs(3600);
