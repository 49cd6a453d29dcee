//! Runs each program in a process of its own, so that one that hangs or ends its process is
//! reported as a failed test.

use std::env;
use std::io::Read;
use std::process::{Command, Stdio, exit};
use std::thread;
use std::time::{Duration, Instant};

use dormouse::{BlockOn, Runtime, Sleeper, SpawnBlocking, Spawner, ToHandle};

/// Runs the `program` of this test in a process of its own. `test` is the full name of the test.
///
/// The process runs this test's binary again, with an environment variable set.
pub(crate) fn run(test: &str, program: impl FnOnce()) {
    // The path of a module begins with the name of the crate, which the test harness leaves out.
    let test = test.split_once("::").map_or(test, |(_, rest)| rest);
    if env::var(CHILD).is_ok_and(|name| name == test) {
        program();
        // Tasks on ambient runtimes may never end.
        exit(0);
    }
    let mut child = Command::new(env::current_exe().expect("the path of this test"))
        .args([test, "--exact", "--nocapture", "--include-ignored"])
        .env(CHILD, test)
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("another process");
    let mut stderr = child.stderr.take().expect("piped");
    let said = thread::spawn(move || {
        let mut text = String::new();
        let _ = stderr.read_to_string(&mut text);
        text
    });
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("it is ours") {
            break status;
        }
        if start.elapsed() > LIMIT {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{test} hangs");
        }
        thread::sleep(Duration::from_millis(2));
    };
    let said = said.join().expect("it does not panic");
    assert!(status.success(), "{test}: {status}\n{said}");
}

/// Every owner, and every ambient runtime.
#[allow(dead_code, reason = "not every file of cases is generic")]
pub(crate) trait Owner:
    BlockOn
    + Sleeper<Sleep: Send + Sync + 'static>
    + Spawner
    + SpawnBlocking
    + ToHandle<Handle: Runtime + SpawnBlocking>
    + Send
    + Sync
    + 'static
{
}

impl<O> Owner for O where
    O: BlockOn
        + Sleeper<Sleep: Send + Sync + 'static>
        + Spawner
        + SpawnBlocking
        + ToHandle<Handle: Runtime + SpawnBlocking>
        + Send
        + Sync
        + 'static
{
}

/// Makes a test of each case on each of the given runtimes, in a module named after the case.
#[macro_export]
macro_rules! cases {
    ($runtimes:tt $($case:ident)*) => {
        $($crate::cases!(@ $case $runtimes);)*
    };
    (@ $case:ident { $($runtime:ident: $owner:expr,)* }) => {
        mod $case {
            $(#[test]
            fn $runtime() {
                let name = concat!(module_path!(), "::", stringify!($runtime));
                $crate::child::run(name, || super::$case($owner));
            })*
        }
    };
}

/// [`cases`] on every runtime.
#[macro_export]
macro_rules! cases_everywhere {
    ($($case:ident)*) => {
        $crate::cases! { {
            tokio: dormouse::TokioRuntime::multi_thread(2),
            tokio_one_worker: dormouse::TokioRuntime::multi_thread(1),
            tokio_current_thread: dormouse::TokioRuntime::current_thread(),
            smol: dormouse::Smol,
            smol_no_thread: dormouse::SmolExecutor::new(0),
            smol_one_thread: dormouse::SmolExecutor::new(1),
            smol_two_threads: dormouse::SmolExecutor::new(2),
            async_std: dormouse::AsyncStd,
            futures_one_thread: dormouse::FuturesPool::new(1),
            futures_two_threads: dormouse::FuturesPool::new(2),
            threads: dormouse::Threads,
            any_tokio: dormouse::AnyRuntime::new(dormouse::TokioRuntime::multi_thread(2)),
            any_smol: dormouse::AnyRuntime::new(dormouse::SmolExecutor::new(1)),
        } $($case)*
        }
    };
}

/// [`cases`] on every runtime that ends when its owner is dropped.
#[macro_export]
macro_rules! cases_of_owners {
    ($($case:ident)*) => {
        $crate::cases! { {
            tokio: dormouse::TokioRuntime::multi_thread(2),
            tokio_one_worker: dormouse::TokioRuntime::multi_thread(1),
            tokio_current_thread: dormouse::TokioRuntime::current_thread(),
            smol_no_thread: dormouse::SmolExecutor::new(0),
            smol_one_thread: dormouse::SmolExecutor::new(1),
            smol_two_threads: dormouse::SmolExecutor::new(2),
            futures_one_thread: dormouse::FuturesPool::new(1),
            futures_two_threads: dormouse::FuturesPool::new(2),
            any_tokio: dormouse::AnyRuntime::new(dormouse::TokioRuntime::multi_thread(2)),
            any_smol: dormouse::AnyRuntime::new(dormouse::SmolExecutor::new(1)),
        } $($case)*
        }
    };
}

const CHILD: &str = "DORMOUSE_CASE";

/// Much longer than any case takes, even on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
