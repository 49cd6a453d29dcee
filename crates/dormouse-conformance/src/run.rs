//! Runs the cases of a macro by their names, on one type of runtime.
//!
//! All tests of a macro call one of these functions. So its bounds are what the compiler reports,
//! once, if the runtime lacks something.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use dormouse_core::{BlockOn, LocalSpawner, Runtime, Sleeper, SpawnBlocking};

use crate::case::{self, Case};
use crate::cases::block_on_elsewhere::{
    block_on_inside_of_a_task_ends, several_threads_can_block_on_at_once,
};
use crate::cases::owner_drop::a_runtime_can_go_inside_of_another;
use crate::cases::two_runtimes::{
    a_task_woken_in_another_runtime_stays_in_its_own, the_end_of_a_runtime_harms_no_other,
};
use crate::driver::{Checked, is_its_own_driver};
use crate::preflight::{local_preflight, preflight};
use crate::thread_bound::ThreadBound;
use crate::watchdog::{Outcome, WATCHED, not_over, outcome};

/// Runs a case of [`conformance!`](crate::conformance).
pub fn run_conformance<R: AnyThread, B: Driver, S: BlockOn + Send + Sync + 'static>(
    case: &'static str,
    runtime: &'static str,
    make: fn() -> (R, B),
    share: fn() -> (R, Option<Arc<S>>),
) {
    let body: Box<dyn FnOnce() + Send> = match case {
        "a_runtime_can_go_inside_of_another" => {
            twins(case, make, a_runtime_can_go_inside_of_another)
        }
        "the_end_of_a_runtime_harms_no_other" => {
            twins(case, make, the_end_of_a_runtime_harms_no_other)
        }
        "a_task_woken_in_another_runtime_stays_in_its_own" => {
            twins(case, make, a_task_woken_in_another_runtime_stays_in_its_own)
        }
        "block_on_inside_of_a_task_ends" => Box::new(move || {
            let (runtime, driver) = share();
            block_on_inside_of_a_task_ends(runtime, driver);
        }),
        "several_threads_can_block_on_at_once" => Box::new(move || {
            let (runtime, driver) = share();
            several_threads_can_block_on_at_once(runtime, driver);
        }),
        _ => Box::new(body(case, case::all(), make)),
    };
    run(case, runtime, || preflight(make), body);
}

/// Runs a case of [`blocking_conformance!`](crate::blocking_conformance).
pub fn run_blocking_conformance<R: AnyThread + SpawnBlocking, B: Driver>(
    case: &'static str,
    runtime: &'static str,
    make: fn() -> (R, B),
) {
    let body = body(case, case::all_blocking(), make);
    run(case, runtime, || preflight(make), body);
}

/// Runs a case of [`local_conformance!`](crate::local_conformance).
pub fn run_local_conformance<R: OneThread, B: Driver>(
    case: &'static str,
    runtime: &'static str,
    make: fn() -> (R, B),
) {
    let make_bound = move || {
        let (runtime, driver) = make();
        (ThreadBound::new(runtime), driver)
    };
    let body: Box<dyn FnOnce() + Send> = match case {
        "the_end_of_a_runtime_harms_no_other" => {
            twins(case, make_bound, the_end_of_a_runtime_harms_no_other)
        }
        "a_task_woken_in_another_runtime_stays_in_its_own" => twins(
            case,
            make_bound,
            a_task_woken_in_another_runtime_stays_in_its_own,
        ),
        _ => {
            let mut cases = case::all_local();
            cases.extend(case::taskless());
            Box::new(body(case, cases, make))
        }
    };
    run(case, runtime, || local_preflight(make), body);
}

/// Runs a case of [`local_blocking_conformance!`](crate::local_blocking_conformance).
pub fn run_local_blocking_conformance<R: OneThread + SpawnBlocking, B: Driver>(
    case: &'static str,
    runtime: &'static str,
    make: fn() -> (R, B),
) {
    let body = body(case, case::taskless_blocking(), make);
    run(case, runtime, || local_preflight(make), body);
}

/// What the macros for tasks on any thread need.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Runtime` for `conformance!`",
    note = "it lacks `Sleeper` (with sleeps that are `Send`, `Sync` and `'static`), `Spawner`, \
            `Clone`, `Send` or `Sync`",
    note = "if it is an owner, give it a method `handle()`, whose handle has all that",
    note = "if its tasks stay on one thread, use `local_conformance!`"
)]
pub trait AnyThread: Runtime {}

#[diagnostic::do_not_recommend]
impl<R: Runtime> AnyThread for R {}

/// What the macros for tasks on one thread need.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a runtime for `local_conformance!`",
    note = "it lacks `Sleeper` (with sleeps that are `'static`), `LocalSpawner` or `Clone`",
    note = "if it is an owner, give it a method `handle()`, whose handle has all that",
    note = "if its tasks may run on any thread, use `conformance!`"
)]
pub trait OneThread: Sleeper<Sleep: 'static> + LocalSpawner + Clone + 'static {}

#[diagnostic::do_not_recommend]
impl<R: Sleeper<Sleep: 'static> + LocalSpawner + Clone + 'static> OneThread for R {}

/// What all of them need.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't block on a future",
    note = "implement `BlockOn` for it; if another type drives it, name that: \
            `conformance!(runtime, driver = expression)`"
)]
pub trait Driver: BlockOn + 'static {}

#[diagnostic::do_not_recommend]
impl<B: BlockOn + 'static> Driver for B {}

/// A case on two runtimes.
fn twins<R: Runtime, B: Driver>(
    case: &'static str,
    make: impl Fn() -> (R, B) + Send + 'static,
    run: fn(R, Checked<B>, R, Checked<B>),
) -> Box<dyn FnOnce() + Send> {
    Box::new(move || {
        let ((runtime, driver), (other, other_driver)) = (make(), make());
        let (driver, other_driver) = (Checked(driver), Checked(other_driver));
        if !is_its_own_driver(case, &runtime, &driver) {
            run(runtime, driver, other, other_driver);
        }
    })
}

fn body<R: 'static, B: 'static>(
    name: &'static str,
    cases: Vec<Case<R, B>>,
    make: fn() -> (R, B),
) -> impl FnOnce() + Send + 'static {
    let case = cases.into_iter().find(|case| case.name == name);
    let run = case.map(|case| case.run);
    move || {
        let (runtime, driver) = make();
        run.unwrap_or_else(|| panic!("no case is named {name}"))(runtime, driver);
    }
}

/// Runs a case, unless the runtime of this name has failed its first steps, or has stopped in
/// another case: one case reports that, and the others refer to it.
pub fn run(
    case: &'static str,
    runtime: &'static str,
    preflight: impl FnOnce() -> Result<(), String>,
    body: impl FnOnce() + Send + 'static,
) {
    run_for(WATCHED, case, runtime, preflight, body);
}

/// [`run`] with another limit.
pub fn run_for(
    limit: Duration,
    case: &'static str,
    runtime: &'static str,
    preflight: impl FnOnce() -> Result<(), String>,
    body: impl FnOnce() + Send + 'static,
) {
    let steps = Steps::of(runtime);
    let mut preflight = Some(preflight);
    let mut take = || preflight.take().map_or(Ok(()), |preflight| preflight());
    match steps.first.get_or_init(|| (case, take())) {
        (_, Ok(())) => {}
        (first, Err(message)) if *first == case => panic!("{message}"),
        (first, Err(_)) => {
            panic!("not run: the runtime failed its first steps, see the test `{first}`")
        }
    }
    // A lock for as long as the steps take: the other cases wait for their outcome.
    let mut hung = steps.hung();
    if let Some(Hung { case, stopped }) = &mut *hung {
        if *stopped.get_or_insert_with(|| take().is_err()) {
            panic!("not run: the runtime has stopped, see the test `{case}`");
        }
    }
    drop(hung);

    match outcome(limit, case, body) {
        Outcome::Passed => {}
        Outcome::Failed(payload) => resume_unwind(payload),
        Outcome::NotOver => {
            let mut hung = steps.hung();
            if hung.as_ref().is_none_or(|hung| hung.stopped != Some(true)) {
                let stopped = None;
                *hung = Some(Hung { case, stopped });
            }
            drop(hung);
            not_over(case, limit)
        }
    }
}

/// What is known of a runtime.
#[derive(Default)]
struct Steps {
    /// The case that took its first steps, and how they ended.
    first: OnceLock<(&'static str, Result<(), String>)>,
    hung: Mutex<Option<Hung>>,
}

/// A case that was not over in time. If that is because the runtime has stopped, as the timer of a
/// process may have, the other cases would each wait just as long.
struct Hung {
    case: &'static str,
    /// Whether the first steps were taken once more, and failed.
    stopped: Option<bool>,
}

impl Steps {
    fn of(runtime: &'static str) -> Arc<Self> {
        static ALL: Mutex<BTreeMap<&str, Arc<Steps>>> = Mutex::new(BTreeMap::new());
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(runtime).or_default())
    }

    fn hung(&self) -> MutexGuard<'_, Option<Hung>> {
        self.hung.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
