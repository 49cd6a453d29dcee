//! The conformance suite, in a worker.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

use dormouse_web::Web;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

dormouse_conformance::async_conformance!(Web, test = wasm_bindgen_test);
