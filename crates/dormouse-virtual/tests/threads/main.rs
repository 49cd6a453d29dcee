//! One runtime, several threads.

use std::sync::Arc;
use std::time::Duration;

use dormouse_core::{LocalSpawner, Sleeper, Spawner};
use dormouse_virtual::Virtual;

mod local_tasks;
mod turns;

const SECOND: Duration = Duration::from_secs(1);
/// Longer than it takes to report a deadlock.
const LONG: Duration = Duration::from_millis(300);

#[test]
fn owner_handle_and_tasks_go_to_any_thread() {
    fn any_thread<T: Send + Sync + 'static>(_: &T) {}
    let runtime = Virtual::new();
    any_thread(&runtime);
    any_thread(&runtime.handle());
    any_thread(&runtime.sleep(SECOND));
    any_thread(&runtime.spawn(async { 42 }));
    any_thread(&runtime.spawn_local(async { 42 }));
    any_thread(&dormouse_core::SpawnBlocking::spawn_blocking(
        &runtime,
        || 42,
    ));
    any_thread(&runtime.real_work());
    let shared = Arc::new(runtime);
    any_thread(&shared);
}
