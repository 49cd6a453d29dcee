//! The start of a runtime.

use std::time::Duration;

use dormouse::{BlockOn, Instant, JoinError, LocalSpawner, Runtime, Sleeper, Spawner, ToHandle};

/// Makes a runtime, and runs a first task with a first sleep on it; returns it with the time that
/// this took. What a runtime starts at its first use is part of that.
///
/// # Errors
///
/// If that task fails.
pub fn start<O>(make: impl FnOnce() -> O) -> Result<(O, Duration), JoinError>
where
    O: BlockOn + ToHandle<Handle: Runtime>,
{
    let began = Instant::now();
    let owner = make();
    let runtime = owner.to_handle();
    owner.block_on(async {
        let sleep = runtime.sleep(FIRST);
        runtime.spawn(sleep).await
    })?;
    Ok((owner, began.elapsed()))
}

/// [`start`] for a runtime whose tasks stay on their thread.
///
/// # Errors
///
/// If that task fails.
pub fn start_local<O>(make: impl FnOnce() -> O) -> Result<(O, Duration), JoinError>
where
    O: BlockOn + ToHandle<Handle: LocalSpawner + Sleeper<Sleep: 'static> + 'static>,
{
    let began = Instant::now();
    let owner = make();
    let sleeper = owner.to_handle();
    owner.block_on(sleeper.spawn_local(sleeper.sleep(FIRST)))?;
    Ok((owner, began.elapsed()))
}

const FIRST: Duration = Duration::from_nanos(1);
