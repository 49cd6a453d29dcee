//! The conformance suite on compio.

mod by_itself {
    dormouse_conformance::local_conformance!(dormouse_compio::CompioRuntime::new());
    dormouse_conformance::local_blocking_conformance!(dormouse_compio::CompioRuntime::new());
}

mod coalesced {
    use dormouse_compio::CompioRuntime;
    use dormouse_core::Coalesced;

    dormouse_conformance::local_conformance!(Coalesced::new_local(CompioRuntime::new()));
}
