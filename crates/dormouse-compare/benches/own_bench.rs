//! A bench with `harness = false`: how many threads are best for this work?

use dormouse::{Runtime, SmolExecutor};
use dormouse_compare::{About, Comparison, Done, Error, Setup, Workload};

/// Tasks that yield a few times each.
struct Yields;

impl Workload for Yields {
    fn about(&self) -> About {
        About::new("yields", "yield").title("tasks that yield ten times each")
    }

    async fn run<R: Runtime>(&self, runtime: &R, setup: &Setup) -> Result<Done, Error> {
        let tasks: Vec<_> = (0..setup.n)
            .map(|_| {
                let own = runtime.clone();
                runtime.spawn(async move {
                    for _ in 0..10 {
                        own.yield_now().await;
                    }
                    10
                })
            })
            .collect();
        let mut yields = 0;
        for task in tasks {
            yields += task.await.map_err(Error::run)?;
        }
        Ok(Done::new(yields))
    }

    fn operations(&self, setup: &Setup) -> u64 {
        10 * setup.n as u64
    }
}

fn main() -> Result<(), Error> {
    // `cargo bench` adds arguments such as `--bench`, which are skipped.
    let rounds = std::env::args().find_map(|argument| argument.parse().ok());
    let session = Comparison::new(vec![Yields])
        .configuration_with_threads("one thread", 1, SmolExecutor::new)
        .configuration_with_threads("two threads", 2, SmolExecutor::new)
        .rounds(rounds.unwrap_or(20))
        .run(&mut ())?;
    print!("{}", session.report().text(80));
    Ok(())
}
