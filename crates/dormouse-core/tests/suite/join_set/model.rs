//! A set does what a model of it does, whatever happens to its tasks.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll, Waker};

use dormouse_core::{AbortHandle, JoinError, JoinSet};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::join_set::by_hand::{ByHand, Woken, task};
use crate::mock::add_hook;

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
                    // The set may first let others run: when 64 results have come in a row, or
                    // as many tasks were lost as soon as they were spawned.
                    let mut poll = set.poll_join_next(&mut Context::from_waker(&waker));
                    while poll.is_pending() && woken.times.swap(0, Relaxed) > 0 {
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

fn quiet() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        add_hook(|info| {
            let expected = info.payload().is::<usize>()
                || info.payload().downcast_ref() == Some(&"a waker of the test panics");
            !expected
        });
    });
}
