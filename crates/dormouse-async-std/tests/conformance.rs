//! The conformance suite on async-std.

mod global {
    dormouse_conformance::conformance!(dormouse_async_std::AsyncStd);
    dormouse_conformance::blocking_conformance!(dormouse_async_std::AsyncStd);
}

mod coalesced {
    use dormouse_async_std::AsyncStd;
    use dormouse_core::Coalesced;

    dormouse_conformance::conformance!(Coalesced::new(AsyncStd));
}
