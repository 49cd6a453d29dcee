//! A workload of your own on several runtimes, one of them in two configurations.
//!
//! ```sh
//! cargo run --release -p dormouse-compare --features smol,tokio --example own_workload
//! ```

use std::time::Duration;

use dormouse::{Runtime, SmolExecutor, TokioRuntime, timeout};
use dormouse_compare::program::save;
use dormouse_compare::{About, Comparison, Done, Error, Figure, Format, Setup, Unit, Workload};

/// Requests that retry once after a pause, n at once.
struct Retries;

impl Workload for Retries {
    fn about(&self) -> About {
        About::new("retries", "request")
            .title("requests that retry once")
            .figure(Figure::new("late_p99_s", "late p99", Unit::Seconds).ranked("retries on time"))
    }

    async fn run<R: Runtime>(&self, runtime: &R, setup: &Setup) -> Result<Done, Error> {
        let requests: Vec<_> = (0..setup.n)
            .map(|_| runtime.spawn(request(runtime.clone(), setup.clone())))
            .collect();
        let mut done = 0;
        for request in requests {
            done += u64::from(request.await.map_err(Error::run)?);
        }
        // A run that has done fewer than n requests has failed.
        Ok(Done::new(done).at_least(setup.max_delay / 10))
    }
}

/// The first try times out; the second one succeeds.
async fn request<R: Runtime>(runtime: R, setup: Setup) -> bool {
    let deadline = runtime.now() + setup.max_delay / 10;
    let first = timeout(&runtime, setup.max_delay / 10, std::future::pending::<()>()).await;
    setup.record(deadline, runtime.now());
    let second = timeout(&runtime, Duration::from_secs(30), runtime.yield_now()).await;
    first.is_err() && second.is_ok()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds = std::env::args().nth(1);
    let rounds = rounds.and_then(|rounds| rounds.parse().ok());
    // A worker process also reaches this comparison; `run` then does one run and ends the process.
    let session = Comparison::new(vec![Retries])
        .configuration_with_threads("tokio, 2 workers", 2, TokioRuntime::multi_thread)
        .configuration_with_threads("tokio, 1 thread", 1, |_| TokioRuntime::current_thread())
        .configuration_with_threads("smol, 2 threads", 2, SmolExecutor::new)
        .n([500])
        .rounds(rounds.unwrap_or(8))
        .run(&mut ())?;
    let report = session.report();
    print!("{}", report.text(80));
    // The report can also be an HTML page, JSON, CSV or Markdown.
    let page = Format::Html.render(&report)?;
    save(&std::env::temp_dir().join("own_workload.html"), &page)?;
    if !session.is_whole() {
        return Err("a run has failed".into());
    }
    Ok(())
}
