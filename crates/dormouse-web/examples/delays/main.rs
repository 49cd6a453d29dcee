//! A page that waits a thousand random delays, and draws each of them when it ends: README.md says
//! how to open it.

fn main() {}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod page {
    use std::pin::Pin;
    use std::time::Duration;

    use dormouse_core::{LocalSpawner, Sleeper, Task, wait_n};
    use dormouse_web::Web;
    use futures_core::Stream;
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        /// Draws a delay, and when it ended, both in seconds.
        fn draw(delay: f64, elapsed: f64);
        /// Called when all delays have ended.
        fn finish(elapsed: f64);
    }

    /// Called by the button.
    #[expect(unreachable_pub, reason = "JavaScript reaches it")]
    #[wasm_bindgen]
    pub fn run(n: usize, max_millis: u32) {
        Web.spawn_local(async move {
            let start = Web.now();
            let elapsed = || (Web.now() - start).as_secs_f64();
            let max_delay = Duration::from_millis(max_millis.into());
            let mut delays = wait_n(&Web, n, max_delay).into_stream();
            while let Some(delay) = next(&mut delays).await {
                draw(delay, elapsed());
            }
            finish(elapsed());
        })
        .detach();
    }

    async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
        std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
    }
}
