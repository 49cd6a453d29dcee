//! A retry with jitter, and its test, which is exact and takes no time, as its clock is virtual.
//!
//! ```sh
//! cargo run  -p dormouse --example retry --features tokio,virtual
//! cargo test -p dormouse --example retry --features tokio,virtual
//! ```

use std::time::Duration;

use dormouse::{BlockOn, Sleeper, Spawner, TokioRuntime, wait_random};

/// Makes at most five calls until one succeeds. Before each new call it waits a random time, whose
/// bound doubles, so that many clients that have failed together do not come back together.
///
/// # Errors
///
/// The error of the last call.
pub async fn retry<S, T, E, F>(
    sleeper: &S,
    base: Duration,
    mut call: impl FnMut() -> F,
) -> Result<T, E>
where
    S: Sleeper,
    F: Future<Output = Result<T, E>>,
{
    for attempt in 0..4 {
        if let Ok(value) = call().await {
            return Ok(value);
        }
        wait_random(sleeper, base * 2_u32.pow(attempt)).await;
    }
    call().await
}

fn main() {
    let runtime = TokioRuntime::current_thread();
    let mut tries = 0;
    let call = move || {
        tries += 1;
        println!("try {tries}");
        async move { if tries < 3 { Err("busy") } else { Ok("here") } }
    };
    // In a task, which works with any closure of the caller.
    let sleeper = runtime.handle();
    let task = runtime.spawn(async move { retry(&sleeper, Duration::from_millis(10), call).await });
    assert_eq!(runtime.block_on(task).unwrap(), Ok("here"));
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use dormouse::{Virtual, for_seeds};

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn it_gives_up_after_five_tries_and_fifteen_hours_at_most() {
        for_seeds(0..100, |runtime| {
            let tries = Cell::new(0);
            let answer = runtime.block_on(retry(&runtime, HOUR, || {
                tries.set(tries.get() + 1);
                async { Err::<(), _>("busy") }
            }));
            assert_eq!((answer, tries.get()), (Err("busy"), 5));
            assert!(runtime.elapsed() <= 15 * HOUR);
        });
    }

    #[test]
    fn it_does_not_wait_for_what_succeeds() {
        let runtime = Virtual::new();
        assert_eq!(
            runtime.block_on(retry(&runtime, HOUR, || async { Ok::<_, ()>(1) })),
            Ok(1)
        );
        assert_eq!(runtime.elapsed(), Duration::ZERO);
    }
}
