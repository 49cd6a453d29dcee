//! The conformance suite, in a window.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

mod web {
    use dormouse_web::Web;
    use wasm_bindgen_test::wasm_bindgen_test;

    dormouse_conformance::async_conformance!(Web, test = wasm_bindgen_test);
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_web::Web;
    use wasm_bindgen_test::wasm_bindgen_test;

    dormouse_conformance::async_conformance!(Coalesced::new_local(Web), test = wasm_bindgen_test);
}
