//! First steps with a runtime before its cases, so that one that runs nothing is reported once.

use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use dormouse_core::adapter::YieldNow;
use dormouse_core::{BlockOn, LocalSpawner, Runtime, Sleeper};

use crate::driver::Checked;
use crate::panics::caught;
use crate::thread_bound::ThreadBound;

/// Takes the first steps with a runtime: `block_on` returns and is woken, a sleep ends, a task
/// runs.
///
/// The macros do this before the first case. Code that runs [`cases::all`](crate::cases::all) by
/// other means should call it, too: otherwise every case of a runtime that runs nothing takes a
/// minute to fail.
///
/// # Errors
///
/// The step that was not over within 10 s, or that panicked.
///
/// # Examples
///
/// ```
/// use dormouse_conformance::preflight;
/// use dormouse_smol::SmolExecutor;
///
/// let steps = preflight(|| {
///     let owner = SmolExecutor::new(1);
///     (owner.handle(), owner)
/// });
/// assert_eq!(steps, Ok(()));
/// ```
pub fn preflight<R: Runtime, B: BlockOn>(
    make: impl FnOnce() -> (R, B) + Send + 'static,
) -> Result<(), String> {
    take_steps(LIMIT, |step| {
        let (runtime, driver) = make();
        first_steps(&runtime, &Checked(driver), step);
    })
}

/// [`preflight`] for a runtime whose tasks stay on their thread.
///
/// # Errors
///
/// Same as [`preflight`].
pub fn local_preflight<R, B>(make: impl FnOnce() -> (R, B) + Send + 'static) -> Result<(), String>
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + 'static,
    B: BlockOn,
{
    take_steps(LIMIT, |step| {
        let (runtime, driver) = make();
        first_steps(&ThreadBound::new(runtime), &Checked(driver), step);
    })
}

/// The limit for all steps. They take a millisecond or two on an idle machine.
const LIMIT: Duration = Duration::from_secs(10);

fn first_steps<R: Runtime, B: BlockOn>(runtime: &R, driver: &B, step: &dyn Fn(&'static str)) {
    step("`block_on` of a future that is ready");
    driver.block_on(async {});
    step("`block_on` of a future that wakes itself once");
    driver.block_on(YieldNow::default());
    step("a sleep of 1 ms, awaited in `block_on`");
    driver.block_on(async { runtime.sleep(Duration::from_millis(1)).await });
    step("a task that is ready at once, awaited in `block_on`");
    let task = driver.block_on(async { runtime.spawn(async { 42 }).await });
    assert!(matches!(task, Ok(42)), "it gave {task:?} for 42");
    step("a task that sleeps for 1 ms, awaited in `block_on`");
    let task = driver.block_on(async {
        let sleep = runtime.sleep(Duration::from_millis(1));
        runtime.spawn(sleep).await
    });
    assert!(task.is_ok(), "it gave {task:?}");
}

enum Message {
    Step(&'static str),
    Over(Result<(), String>),
}

fn take_steps(
    limit: Duration,
    steps: impl FnOnce(&dyn Fn(&'static str)) + Send + 'static,
) -> Result<(), String> {
    let (sender, receiver) = channel();
    let run = move || take(&sender, steps);
    let thread = thread::Builder::new().name("first steps".into()).spawn(run);
    thread.map_err(|error| format!("the system refuses a thread: {error}"))?;

    let mut last = "making the runtime";
    loop {
        match receiver.recv_timeout(limit) {
            Ok(Message::Step(step)) => last = step,
            Ok(Message::Over(Ok(()))) => return Ok(()),
            Ok(Message::Over(Err(words))) => {
                return Err(format!("{NO_CASE}: {last} panicked: {words}"));
            }
            // The thread is left behind, as it can't be ended.
            Err(_) => return Err(format!("{NO_CASE}: {last} is not over after {limit:?}")),
        }
    }
}

fn take(sender: &Sender<Message>, steps: impl FnOnce(&dyn Fn(&'static str))) {
    // Once the limit has passed, nothing receives the message.
    let send = |message| _ = sender.send(message);
    let result = caught(|| {
        steps(&|step| send(Message::Step(step)));
    });
    send(Message::Over(result));
}

const NO_CASE: &str = "the runtime runs nothing, so no case was run";
