//! Sets of tasks, step by step, compared with a model.

use std::collections::VecDeque;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use dormouse_core::adapter::{RemoteTask, remote};
use dormouse_core::{AbortHandle, JoinError, JoinSet, LocalJoinSet, LocalSpawner, Spawner, Task};
use futures::Stream;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::mock::Root;

/// Runs nothing by itself: the test decides which task runs, and when.
#[derive(Clone, Default)]
struct ByHand(Arc<Mutex<Tasks>>);

#[derive(Default)]
struct Tasks {
    all: Vec<Option<Run>>,
    polls: usize,
}

type Run = Pin<Box<dyn Future<Output = ()> + Send>>;

impl ByHand {
    /// Polls a task, and drops it if it has ended.
    fn run(&self, number: usize) {
        let task = self.0.lock().unwrap().all[number].take();
        let Some(mut run) = task else { return };
        let poll = run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if poll.is_pending() {
            self.0.lock().unwrap().all[number] = Some(run);
        }
    }

    /// Drops a task, as a runtime does that is shut down.
    fn lose(&self, number: usize) {
        let task = self.0.lock().unwrap().all[number].take();
        drop(task);
    }

    fn polls(&self) -> usize {
        self.0.lock().unwrap().polls
    }
}

impl Spawner for ByHand {
    type Task<T: Send + 'static> = Counted<T>;

    fn spawn<F>(&self, future: F) -> Counted<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (run, task) = remote(future);
        self.0.lock().unwrap().all.push(Some(Box::pin(run)));
        Counted(task, self.clone())
    }
}

impl LocalSpawner for ByHand {
    type LocalTask<T: 'static> = RemoteTask<T>;

    fn spawn_local<F>(&self, future: F) -> RemoteTask<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let (run, task) = remote(future);
        // The task is never run, only dropped.
        drop(run);
        task
    }
}

/// A handle that counts its polls.
struct Counted<T>(RemoteTask<T>, ByHand);

impl<T> Future for Counted<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.1.0.lock().unwrap().polls += 1;
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<T> Task for Counted<T> {
    type Value = T;

    fn abort(&mut self) {
        Task::abort(&mut self.0);
    }

    fn is_finished(&mut self) -> bool {
        Task::is_finished(&mut self.0)
    }
}

/// A waker that counts how often it is woken; it panics then, if it is to.
#[derive(Default)]
struct Woken {
    times: AtomicUsize,
    panics: bool,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.times.fetch_add(1, Relaxed);
        assert!(!self.panics, "a waker of the test panics");
    }
}

#[derive(Clone, Debug)]
enum Move {
    /// A task that ends at its n-th run, by a value or a panic.
    Spawn {
        runs: usize,
        panics: bool,
    },
    Run(Index),
    Lose(Index),
    Abort(Index),
    AbortAll,
    DetachAll,
    Poll {
        waker_panics: bool,
    },
    Try,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let index = any::<Index>;
    let one = prop_oneof![
        6 => (0..3_usize, any::<bool>()).prop_map(|(runs, panics)| Move::Spawn { runs, panics }),
        10 => index().prop_map(Move::Run),
        1 => index().prop_map(Move::Lose),
        2 => index().prop_map(Move::Abort),
        1 => Just(Move::AbortAll),
        1 => Just(Move::DetachAll),
        6 => any::<bool>().prop_map(|waker_panics| Move::Poll { waker_panics }),
        2 => Just(Move::Try),
    ];
    prop::collection::vec(one, 0..150)
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum End {
    Value(usize),
    Panic(usize),
    Cancelled,
}

impl From<Result<usize, JoinError>> for End {
    fn from(result: Result<usize, JoinError>) -> Self {
        match result {
            Ok(number) => Self::Value(number),
            Err(error) => match error.try_into_panic() {
                Ok(payload) => Self::Panic(*payload.downcast::<usize>().unwrap()),
                Err(_) => Self::Cancelled,
            },
        }
    }
}

/// The model of a set: its tasks, and a queue of their ends.
#[derive(Default)]
struct Model {
    tasks: Vec<Modelled>,
    ended: VecDeque<End>,
}

struct Modelled {
    runs: usize,
    panics: bool,
    over: bool,
    aborted: bool,
    in_set: bool,
}

impl Model {
    fn end(&mut self, number: usize, end: End) {
        let task = &mut self.tasks[number];
        if !std::mem::replace(&mut task.over, true) && task.in_set {
            self.ended.push_back(end);
        }
    }

    fn len(&self) -> usize {
        let running = self.tasks.iter().filter(|task| task.in_set && !task.over);
        running.count() + self.ended.len()
    }
}

async fn task(number: usize, runs: usize, panics: bool) -> usize {
    for _ in 0..runs {
        let mut yielded = false;
        std::future::poll_fn(|_| match std::mem::replace(&mut yielded, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }
    if panics {
        panic_any(number);
    }
    number
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_set_does_what_the_model_does(moves in moves()) {
        quiet();
        let runtime = ByHand::default();
        let mut set = JoinSet::with_spawner(runtime.clone());
        let mut handles: Vec<AbortHandle> = Vec::new();
        let mut model = Model::default();
        let mut waiting: Option<Arc<Woken>> = None;
        for step in moves {
            let before = model.ended.len();
            let pick = |index: &Index| (!handles.is_empty()).then(|| index.index(handles.len()));
            match step {
                Move::Spawn { runs, panics } => {
                    handles.push(set.spawn(task(handles.len(), runs, panics)));
                    model.tasks.push(Modelled { runs, panics, over: false, aborted: false, in_set: true });
                }
                Move::Run(index) => if let Some(number) = pick(&index) {
                    runtime.run(number);
                    let it = &mut model.tasks[number];
                    match (it.aborted, it.runs, it.panics) {
                        (true, ..) => model.end(number, End::Cancelled),
                        (_, 0, true) => model.end(number, End::Panic(number)),
                        (_, 0, false) => model.end(number, End::Value(number)),
                        _ => it.runs -= 1,
                    }
                },
                Move::Lose(index) => if let Some(number) = pick(&index) {
                    runtime.lose(number);
                    model.end(number, End::Cancelled);
                },
                Move::Abort(index) => if let Some(number) = pick(&index) {
                    handles[number].abort();
                    model.tasks[number].aborted = true;
                },
                Move::AbortAll => {
                    set.abort_all();
                    model.tasks.iter_mut().filter(|it| it.in_set).for_each(|it| it.aborted = true);
                }
                Move::DetachAll => {
                    set.detach_all();
                    model.tasks.iter_mut().for_each(|it| it.in_set = false);
                    model.ended.clear();
                }
                Move::Poll { waker_panics } => {
                    let woken = Arc::new(Woken { panics: waker_panics, ..Woken::default() });
                    let waker = Waker::from(Arc::clone(&woken));
                    // The set may first let others run, when 64 results have come in a row.
                    let mut poll = set.poll_join_next(&mut Context::from_waker(&waker));
                    if poll.is_pending() && woken.times.load(Relaxed) > 0 {
                        poll = set.poll_join_next(&mut Context::from_waker(&waker));
                    }
                    let expected = match model.ended.pop_front() {
                        Some(end) => Poll::Ready(Some(end)),
                        None if model.len() == 0 => Poll::Ready(None),
                        None => Poll::Pending,
                    };
                    prop_assert_eq!(poll.map(|it| it.map(End::from)), expected);
                    waiting = expected.is_pending().then_some(woken);
                    prop_assert_eq!(set.len(), model.len());
                    continue;
                }
                Move::Try => {
                    let result = set.try_join_next().map(End::from);
                    prop_assert_eq!(result, model.ended.pop_front());
                }
            }
            prop_assert_eq!(set.len(), model.len());
            if let Some(woken) = waiting.as_ref().filter(|_| model.ended.len() > before) {
                prop_assert!(woken.times.load(Relaxed) > 0, "nobody was told");
            }
        }
        // Dropping the set aborts the tasks in it, and no others.
        drop(set);
        for (number, it) in model.tasks.iter().enumerate() {
            if it.over { continue; }
            runtime.run(number);
            let gone = runtime.0.lock().unwrap().all[number].is_none();
            prop_assert_eq!(gone, it.in_set || it.aborted || it.runs == 0);
        }
    }
}

fn quiet() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let expected = info.payload().is::<usize>()
                || info.payload().downcast_ref() == Some(&"a waker of the test panics");
            if !expected {
                hook(info);
            }
        }));
    });
}

/// Of any number of pending tasks, only the one that ends is polled.
#[test]
fn a_set_polls_who_has_ended_and_nobody_else() {
    const COUNT: usize = 10_000;
    let runtime = ByHand::default();
    let mut set = JoinSet::with_spawner(runtime.clone());
    for number in 0..COUNT {
        set.spawn(task(number, 0, false));
    }
    let mut cx = Context::from_waker(Waker::noop());
    for number in (0..COUNT).rev() {
        assert!(set.poll_join_next(&mut cx).is_pending());
        runtime.run(number);
        let mut poll = set.poll_join_next(&mut cx);
        if poll.is_pending() {
            poll = set.poll_join_next(&mut cx);
        }
        assert!(matches!(poll, Poll::Ready(Some(Ok(it))) if it == number));
    }
    assert_eq!(runtime.polls(), COUNT);
}

#[test]
fn results_come_in_a_row_of_64() {
    let runtime = ByHand::default();
    let mut set = JoinSet::with_spawner(runtime.clone());
    for number in 0..200 {
        set.spawn(task(number, 0, false));
        runtime.run(number);
    }
    assert_eq!(Pin::new(&mut set).size_hint(), (200, Some(200)));
    let woken = Arc::<Woken>::default();
    let waker = Waker::from(Arc::clone(&woken));
    let rows = [(); 4].map(|()| {
        let mut row = 0;
        while let Poll::Ready(Some(_)) =
            Pin::new(&mut set).poll_next(&mut Context::from_waker(&waker))
        {
            row += 1;
        }
        row
    });
    assert_eq!(rows, [64, 64, 64, 8]);
    assert_eq!(woken.times.load(Relaxed), 3, "it goes on by itself");
}

#[test]
fn a_spawn_that_panics_leaves_the_set_as_it_was() {
    #[derive(Clone)]
    struct Refuses;

    impl Spawner for Refuses {
        type Task<T: Send + 'static> = RemoteTask<T>;

        fn spawn<F>(&self, future: F) -> RemoteTask<F::Output>
        where
            F: Future + Send + 'static,
            F::Output: Send + 'static,
        {
            drop(future);
            panic!("no context")
        }
    }

    let mut set = JoinSet::with_spawner(Refuses);
    let spawned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        set.spawn(async {});
    }));
    assert!(spawned.is_err() && set.is_empty());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(matches!(set.poll_join_next(&mut cx), Poll::Ready(None)));
}

#[test]
fn a_local_set_whose_tasks_were_never_run_is_cancelled() {
    let mut set = LocalJoinSet::with_spawner(ByHand::default());
    let abort = set.spawn_local(async {});
    let mut cx = Context::from_waker(Waker::noop());
    let poll = set.poll_join_next(&mut cx);
    assert!(matches!(poll, Poll::Ready(Some(Err(error))) if error.is_cancelled()));
    assert!(abort.is_finished() && set.is_empty());
}

/// A handle that is pending for n polls and wakes itself, as tokio's does without a budget.
struct Lagging<T>(usize, PhantomData<fn() -> T>);

impl<T> Future for Lagging<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.0 == 0 {
            return Poll::Ready(Err(JoinError::cancelled()));
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<T> Task for Lagging<T> {
    type Value = T;

    fn abort(&mut self) {}

    fn is_finished(&mut self) -> bool {
        self.0 == 0
    }
}

#[test]
fn handles_that_are_not_ready_yet_are_polled_again_and_leave_others_their_share() {
    #[derive(Clone)]
    struct Lags;

    impl LocalSpawner for Lags {
        type LocalTask<T: 'static> = Lagging<T>;

        fn spawn_local<F>(&self, future: F) -> Lagging<F::Output>
        where
            F: Future + 'static,
            F::Output: 'static,
        {
            drop(future);
            Lagging(200, PhantomData)
        }
    }

    let mut set = LocalJoinSet::with_spawner(Lags);
    set.spawn_local(async {});
    let mut polls = 0;
    let mut root = Root::new(std::future::poll_fn(|cx| {
        polls += 1;
        set.poll_join_next(cx)
    }));
    while root.poll_if_woken().is_pending() {
        assert!(root.is_woken(), "the set was not woken");
    }
    drop(root);
    assert_eq!(
        polls, 4,
        "64 handles are polled in a row, and then others run"
    );
}
