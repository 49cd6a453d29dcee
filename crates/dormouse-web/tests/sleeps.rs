//! What a sleep leaves behind in the browser: nothing.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

use std::time::Duration;

use dormouse_core::{LocalSpawner, Sleeper};
use dormouse_web::Web;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn smoke() {
    let start = Web.now();
    let task = Web.spawn_local(async {
        Web.sleep(Duration::from_millis(30)).await;
        42
    });
    assert_eq!(task.await.unwrap(), 42);
    assert!(Web.now() - start >= Duration::from_millis(30));
}
