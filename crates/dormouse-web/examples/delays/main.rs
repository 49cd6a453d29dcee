//! A page that waits a thousand random delays, and draws each of them when it ends: README.md says
//! how to open it.

fn main() {}

#[cfg(all(target_family = "wasm", target_os = "unknown"))]
mod page {
    use std::cell::Cell;
    use std::pin::Pin;

    use dormouse_core::{AbortOnDrop, LocalSpawner, MaxDelay, Sleeper, wait_n};
    use dormouse_web::{Web, WebTask};
    use futures_core::Stream;
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        /// Draws a delay, and when it ended, both in seconds.
        fn draw(delay: f64, elapsed: f64);
        /// Called when all delays have ended.
        fn finish(elapsed: f64);
    }

    thread_local! {
        static RUNNING: Cell<Option<AbortOnDrop<WebTask<()>>>> = const { Cell::new(None) };
    }

    /// Called by the button, with values that the page has checked.
    #[expect(unreachable_pub, reason = "JavaScript reaches it")]
    #[wasm_bindgen]
    pub fn run(n: usize, max_seconds: f64) {
        let max_delay = MaxDelay::try_from(max_seconds).expect("the page has checked it");
        let task = Web.spawn_local(async move {
            let start = Web.now();
            let elapsed = || (Web.now() - start).as_secs_f64();
            let mut delays = wait_n(&Web, n, max_delay).into_stream();
            while let Some(delay) = next(&mut delays).await {
                draw(delay, elapsed());
            }
            finish(elapsed());
        });
        RUNNING.set(Some(AbortOnDrop::new(task)));
    }

    /// Called by the button, too: nothing is drawn after this.
    #[expect(unreachable_pub, reason = "JavaScript reaches it")]
    #[wasm_bindgen]
    pub fn stop() {
        RUNNING.take();
    }

    async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
        std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
    }
}
