//! A client that limits its rate, generic over the runtime: here on tokio and on smol, as the
//! dev-dependencies turn both on.
//!
//! ```sh
//! cargo run -p dormouse --example rate_limited
//! ```

use std::time::{Duration, Instant};

use dormouse::{BlockOn, Interval, MissedTick, Sleeper, ToHandle, interval};

/// What a library would publish: it names no runtime.
#[derive(Debug)]
pub struct RateLimited<S: Sleeper, C> {
    client: C,
    ticks: Interval<S>,
}

impl<S: Sleeper, C: AsyncFnMut(&str) -> String> RateLimited<S, C> {
    /// Makes at most one request per `period`. Of an owner, it keeps the handle.
    pub fn new(sleeper: &impl ToHandle<Handle = S>, period: Duration, client: C) -> Self {
        // The first request goes at once; after a pause, the next two are not sent together.
        let ticks = interval(sleeper, period).missed_tick(MissedTick::Delay);
        Self { client, ticks }
    }

    /// Makes a request as soon as it is allowed.
    pub async fn get(&mut self, path: &str) -> String {
        self.ticks.tick().await;
        (self.client)(path).await
    }
}

/// What an application would do with it.
fn ask_ten_times<R: ToHandle + BlockOn>(name: &str, runtime: &R) {
    let server = async |path: &str| format!("200 OK: {path}");
    runtime.block_on(async {
        let mut client = RateLimited::new(runtime, Duration::from_millis(20), server);
        let start = Instant::now();
        for number in 0..10 {
            let answer = client.get(&format!("/{number}")).await;
            println!("{name}: {:>4} ms  {answer}", start.elapsed().as_millis());
        }
        assert!(start.elapsed() >= Duration::from_millis(180));
    });
}

fn main() {
    // The only lines that name a runtime.
    #[cfg(feature = "tokio")]
    ask_ten_times("tokio", &dormouse::TokioRuntime::current_thread());
    #[cfg(feature = "smol")]
    ask_ten_times("smol", &dormouse::Smol);
}
