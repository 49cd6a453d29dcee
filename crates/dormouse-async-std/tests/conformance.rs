//! async-std under the contract.

mod global {
    dormouse_conformance::conformance!(dormouse_async_std::AsyncStd);
}

mod coalesced {
    use dormouse_async_std::AsyncStd;
    use dormouse_core::Coalesced;

    dormouse_conformance::conformance!(Coalesced::new(AsyncStd));
}
