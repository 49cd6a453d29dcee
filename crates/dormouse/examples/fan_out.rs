//! Many requests at once; gives the answers that have come by the deadline, and aborts the others.
//!
//! ```sh
//! cargo run -p dormouse --example fan_out --features smol
//! ```

use std::time::{Duration, Instant};

use dormouse::{AbortOnDrop, BlockOn, Runtime, SmolExecutor, timeout_at, wait_random};

/// Asks every mirror at once, and returns the answers that have come by the deadline.
///
/// Each request runs in its own task, which is aborted when its handle is dropped, so no task is
/// left behind.
pub async fn fan_out<R: Runtime>(
    runtime: &R,
    mirrors: &[&'static str],
    deadline: Instant,
) -> Vec<String> {
    let tasks: Vec<_> = mirrors
        .iter()
        .map(|mirror| AbortOnDrop::new(runtime.spawn(ask(runtime.clone(), mirror))))
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        // An answer that is late or has failed is not an error here: it is only missing.
        if let Ok(Ok(answer)) = timeout_at(runtime, deadline, task).await {
            answers.push(answer);
        }
    }
    answers
}

/// Some mirrors are fast, and some are not.
async fn ask<R: Runtime>(runtime: R, mirror: &'static str) -> String {
    let slowest = match mirror {
        "far" => Duration::from_secs(3600),
        _ => Duration::from_millis(50),
    };
    let took = wait_random(&runtime, slowest).await;
    format!("{mirror} after {:.1} ms", took * 1e3)
}

fn main() {
    let runtime = SmolExecutor::new(2);
    let start = Instant::now();
    let deadline = start + Duration::from_millis(200);
    let mirrors = ["near", "here", "next door", "far"];
    let answers = runtime.block_on(fan_out(&runtime.handle(), &mirrors, deadline));
    for answer in &answers {
        println!("{answer}");
    }
    println!(
        "{} of {} in {:?}",
        answers.len(),
        mirrors.len(),
        start.elapsed()
    );
    assert!(answers.len() >= 3, "those that are near have answered");
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "nobody waits for the one that is far"
    );
}
