//! Tasks run in the span in which they were spawned, and keep the contract.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, Once};
use std::time::{Duration, SystemTime};

use dormouse::{
    BlockOn, JoinSet, LocalJoinSet, Sleeper, Smol, SmolExecutor, SpawnBlocking, Spawner, Task,
    TokioLocal, TokioRuntime, Virtual,
};
use dormouse_compat::Traced;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Span, Subscriber, info_span, subscriber};
use tracing_core::span::Current;

mod conformance {
    use dormouse::{SmolExecutor, TokioLocal};
    use dormouse_compat::Traced;

    dormouse_conformance::conformance!(Traced::new(SmolExecutor::new(2)));
    dormouse_conformance::blocking_conformance!(Traced::new(SmolExecutor::new(2)));

    mod local {
        use super::{TokioLocal, Traced};

        dormouse_conformance::local_conformance!(Traced::new(TokioLocal::new()));
    }
}

/// A subscriber that only tracks the current span of each thread.
struct Spans {
    last: AtomicU64,
    all: Mutex<Vec<&'static Metadata<'static>>>,
}

thread_local! {
    static ENTERED: RefCell<Vec<Id>> = const { RefCell::new(Vec::new()) };
}

impl Subscriber for Spans {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.all.lock().unwrap().push(span.metadata());
        Id::from_u64(self.last.fetch_add(1, Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.push(span.clone()));
    }

    fn exit(&self, span: &Id) {
        ENTERED.with_borrow_mut(|entered| {
            let last = entered.iter().rposition(|it| it == span);
            entered.remove(last.expect("it was entered"));
        });
    }

    fn current_span(&self) -> Current {
        let all = self.all.lock().unwrap();
        let last = ENTERED.with_borrow(|entered| entered.last().cloned());
        match last {
            Some(id) => {
                let metadata = all[id.into_u64() as usize - 1];
                Current::new(id, metadata)
            }
            None => Current::none(),
        }
    }
}

fn subscribe() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let spans = Spans {
            last: AtomicU64::new(0),
            all: Mutex::default(),
        };
        subscriber::set_global_default(spans).unwrap();
    });
}

fn here() -> &'static str {
    Span::current().metadata().map_or("nowhere", Metadata::name)
}

/// Reports the span in which it is dropped.
struct Dropped(std::sync::mpsc::Sender<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        _ = self.0.send(here());
    }
}

#[test]
fn a_task_is_in_the_span_of_its_spawn() {
    subscribe();
    let tokio = TokioRuntime::multi_thread(2);
    let runtime = Traced::new(tokio.handle());
    let task = info_span!("request").in_scope(|| {
        let sleep = runtime.sleep(Duration::from_millis(2));
        runtime.spawn(async move {
            let first = here();
            sleep.await;
            (first, here())
        })
    });
    assert_eq!(here(), "nowhere");
    let outside = runtime.spawn(async { here() });
    assert_eq!(tokio.block_on(task).unwrap(), ("request", "request"));
    assert_eq!(tokio.block_on(outside).unwrap(), "nowhere");
}

#[test]
fn its_future_is_dropped_there_when_it_is_aborted() {
    subscribe();
    let runtime = Traced::new(Smol);
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut task = info_span!("request").in_scope(|| {
        let (dropped, sleep) = (Dropped(sender), runtime.sleep(Duration::MAX));
        runtime.spawn(async move {
            let _dropped = dropped;
            sleep.await;
        })
    });
    runtime.block_on(runtime.sleep(Duration::from_millis(5)));
    task.abort();
    assert!(runtime.block_on(task).unwrap_err().is_cancelled());
    assert_eq!(receiver.recv(), Ok("request"));
}

#[test]
fn closures_and_sets_and_local_tasks_are_there_too() {
    subscribe();
    let owner = SmolExecutor::new(1);
    let runtime = Traced::new(owner.handle());
    let local = TokioLocal::new();
    let (mut set, mut there) = (
        JoinSet::new(&runtime),
        LocalJoinSet::new(&Traced::new(local.handle())),
    );
    let closure = info_span!("request").in_scope(|| {
        set.spawn(async { here() });
        set.spawn_blocking(here);
        there.spawn_local(async { here() });
        runtime.spawn_blocking(here)
    });
    assert_eq!(owner.block_on(closure).unwrap(), "request");
    assert_eq!(owner.block_on(set.join_all()).unwrap(), ["request"; 2]);
    assert_eq!(local.block_on(there.join_all()).unwrap(), ["request"]);
}

#[test]
fn its_clocks_are_the_runtime_s() {
    let owner = Virtual::new();
    let runtime = Traced::new(&owner);
    owner.set_system_time(SystemTime::UNIX_EPOCH);
    runtime.block_on(runtime.sleep(Duration::from_secs(60)));
    assert_eq!(runtime.now(), owner.now());
    assert_eq!(owner.elapsed(), Duration::from_secs(60));
    let shown = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
    assert_eq!(runtime.handle().system_time(), shown);
}
