//! Random programs, run by the runtime and by a model of forty lines, give the same trace.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dormouse_core::{BlockOn, Sleeper, Spawner, Task};
use dormouse_virtual::{Virtual, VirtualHandle, VirtualTask};
use proptest::prelude::*;

/// A step of a task.
#[derive(Clone, Debug)]
enum Step {
    /// Sleeps for this many nanoseconds.
    Sleep(u64),
    /// Spawns another task, which is never aborted.
    Spawn(Vec<Step>),
    /// Aborts one of the initial tasks, possibly itself.
    Abort(usize),
}

/// A step that was made: the time, the path of the task in the tree of spawns, the number of the
/// step.
type Event = (u64, Vec<usize>, usize);

fn program() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let leaf = prop_oneof![
        6 => prop_oneof![Just(0), 1..4_u64, 1..1_000_u64].prop_map(Step::Sleep),
        1 => (0..6_usize).prop_map(Step::Abort),
    ];
    let step = leaf.prop_recursive(2, 12, 4, |step| {
        prop::collection::vec(step, 0..4).prop_map(Step::Spawn)
    });
    prop::collection::vec(prop::collection::vec(step, 0..6), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_runtime_does_what_the_model_does(program in program()) {
        let runtime = Virtual::new();
        let (trace, end) = run(&runtime, &program);
        let (expected, expected_end) = model(&program);
        prop_assert_eq!(trace, expected);
        prop_assert_eq!(end, expected_end);
    }

    /// A seed shuffles ready tasks but changes no times; the same seed gives the same order.
    #[test]
    fn a_seed_changes_the_order_and_not_the_times(program in program(), seed in any::<u64>()) {
        let program: Vec<Vec<Step>> = program.into_iter().map(without_aborts).collect();
        let (trace, end) = run(&Virtual::seeded(seed), &program);
        prop_assert_eq!(&run(&Virtual::seeded(seed), &program).0, &trace);
        let (mut expected, expected_end) = model(&program);
        let mut sorted = trace;
        sorted.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(sorted, expected);
        prop_assert_eq!(end, expected_end);
    }
}

fn without_aborts(steps: Vec<Step>) -> Vec<Step> {
    let kept = steps.into_iter().filter_map(|step| match step {
        Step::Abort(_) => None,
        Step::Spawn(steps) => Some(Step::Spawn(without_aborts(steps))),
        Step::Sleep(nanos) => Some(Step::Sleep(nanos)),
    });
    kept.collect()
}

#[derive(Clone)]
struct Stage {
    runtime: VirtualHandle,
    trace: Arc<Mutex<Vec<Event>>>,
    tasks: Arc<Mutex<Vec<VirtualTask<()>>>>,
}

fn run(runtime: &Virtual, program: &[Vec<Step>]) -> (Vec<Event>, u64) {
    let stage = Stage {
        runtime: runtime.handle(),
        trace: Arc::default(),
        tasks: Arc::default(),
    };
    for (number, steps) in program.iter().enumerate() {
        let task = runtime.spawn(act(stage.clone(), vec![number], steps.clone()));
        stage.tasks.lock().unwrap().push(task);
    }
    // By then all other sleeps and tasks have ended.
    runtime.block_on(runtime.sleep(Duration::from_secs(1)));
    let trace = stage.trace.lock().unwrap().clone();
    stage.tasks.lock().unwrap().clear();
    let end = trace.last().map_or(0, |(time, _, _)| *time);
    (trace, end)
}

fn act(
    stage: Stage,
    path: Vec<usize>,
    steps: Vec<Step>,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(async move {
        let start = stage.runtime.now() - stage.runtime.elapsed();
        for (number, step) in steps.into_iter().enumerate() {
            let now = (stage.runtime.now() - start).as_nanos() as u64;
            stage
                .trace
                .lock()
                .unwrap()
                .push((now, path.clone(), number));
            match step {
                Step::Sleep(nanos) => stage.runtime.sleep(Duration::from_nanos(nanos)).await,
                Step::Spawn(steps) => {
                    let mut path = path.clone();
                    path.push(number);
                    stage
                        .runtime
                        .spawn(act(stage.clone(), path, steps))
                        .detach();
                }
                Step::Abort(whom) => {
                    if let Some(task) = stage.tasks.lock().unwrap().get_mut(whom) {
                        task.abort();
                    }
                }
            }
        }
    })
}

/// A task of the model, and its next step.
struct Actor {
    path: Vec<usize>,
    steps: Vec<Step>,
    next: usize,
    aborted: bool,
}

/// Ready tasks run first in, first out. When none is ready, the clock moves to the first deadline;
/// of equal deadlines, the one that was registered first comes first.
fn model(program: &[Vec<Step>]) -> (Vec<Event>, u64) {
    let actor = |path: Vec<usize>, steps: &[Step]| Actor {
        path,
        steps: steps.to_vec(),
        next: 0,
        aborted: false,
    };
    let mut actors: Vec<Actor> = (0..)
        .zip(program)
        .map(|(number, steps)| actor(vec![number], steps))
        .collect();
    let mut ready: VecDeque<usize> = (0..actors.len()).collect();
    let mut sleeping: BTreeMap<(u64, usize), usize> = BTreeMap::new();
    let (mut now, mut registered, mut trace) = (0, 0, Vec::new());
    loop {
        let Some(who) = ready.pop_front() else {
            let Some((&(deadline, _), _)) = sleeping.first_key_value() else {
                let end = trace.last().map_or(0, |(time, _, _): &Event| *time);
                return (trace, end);
            };
            now = deadline;
            while let Some(first) = sleeping.first_entry().filter(|first| first.key().0 <= now) {
                ready.push_back(first.remove());
            }
            continue;
        };
        while !actors[who].aborted || actors[who].next > 0 {
            let (number, actor_now) = (actors[who].next, &mut actors[who]);
            let Some(step) = actor_now.steps.get(number).cloned() else {
                break;
            };
            actor_now.next += 1;
            trace.push((now, actor_now.path.clone(), number));
            match step {
                Step::Sleep(0) => {}
                Step::Sleep(_) if actor_now.aborted => break,
                Step::Sleep(nanos) => {
                    sleeping.insert((now + nanos, registered), who);
                    registered += 1;
                    break;
                }
                Step::Spawn(steps) => {
                    let mut path = actor_now.path.clone();
                    path.push(number);
                    actors.push(actor(path, &steps));
                    ready.push_back(actors.len() - 1);
                }
                Step::Abort(whom) if whom < program.len() => {
                    actors[whom].aborted = true;
                    sleeping.retain(|_, other| *other != whom);
                    ready.retain(|other| *other != whom);
                }
                Step::Abort(_) => {}
            }
        }
    }
}
