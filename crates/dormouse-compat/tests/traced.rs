//! Tasks run in the span in which they were spawned, and keep the contract.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, Once};
use std::time::{Duration, SystemTime};

use dormouse::{
    BlockOn, Coalesced, JoinSet, LocalJoinSet, Mixed, Sleeper, Smol, SmolExecutor, SpawnBlocking,
    Spawner, Task, TokioLocal, TokioRuntime, Virtual,
};
use dormouse_compat::Traced;
use futures::future::select;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Instrument, Metadata, Span, Subscriber, info_span, subscriber};
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

/// A subscriber that only tracks the current span of each thread, and which spans are open.
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
        let mut all = self.all.lock().unwrap();
        all.push(span.metadata());
        let id = Id::from_u64(self.last.fetch_add(1, Relaxed) + 1);
        open().insert(id.into_u64(), 1);
        id
    }

    fn clone_span(&self, id: &Id) -> Id {
        *open().get_mut(&id.into_u64()).expect("it is open") += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut open = open();
        let holders = open.get_mut(&id.into_u64()).expect("it is open");
        *holders -= 1;
        *holders == 0 && open.remove(&id.into_u64()).is_some()
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

/// The spans that are not closed, and how many hold each.
fn open() -> MutexGuard<'static, BTreeMap<u64, usize>> {
    static OPEN: Mutex<BTreeMap<u64, usize>> = Mutex::new(BTreeMap::new());
    OPEN.lock().unwrap()
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

/// The first sleep of a request starts the driver, and another one keeps it after the request.
fn a_request_closes(runtime: &impl Sleeper, owner: &impl BlockOn) {
    subscribe();
    let request = info_span!("request");
    let id = request.id().unwrap().into_u64();
    let mut other = pin!(runtime.sleep(Duration::from_secs(600)));
    owner.block_on(async {
        let sleep = runtime.sleep(Duration::from_millis(2));
        let sleep = pin!(sleep.instrument(request));
        select(sleep, other.as_mut()).await;
    });
    assert!(!open().contains_key(&id), "it is held by the driver");
}

#[test]
fn a_driver_of_coalesced_keeps_no_span_open() {
    let owner = SmolExecutor::new(1);
    let traced = Traced::new(owner.handle());
    a_request_closes(&Coalesced::new(traced.clone()), &owner);
    a_request_closes(&Coalesced::new(Coalesced::new(traced.clone())), &owner);
    a_request_closes(&Coalesced::new(Mixed::new(Smol, traced)), &owner);
    let owner = TokioLocal::new();
    let traced = Traced::new(owner.handle());
    a_request_closes(&Coalesced::new_local(traced), &owner);
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
