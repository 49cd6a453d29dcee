//! What the module holds on to.

use js_sys::{ArrayBuffer, WebAssembly};
use wasm_bindgen::JsCast;

/// How many references JavaScript keeps for us, and the size of the module's memory in bytes, which
/// never shrinks.
pub(crate) fn held() -> (u32, u32) {
    let memory: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: ArrayBuffer = memory.buffer().unchecked_into();
    (
        wasm_bindgen::externref_heap_live_count(),
        buffer.byte_length(),
    )
}
