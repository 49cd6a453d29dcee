//! The conformance suite on smol's local executor.

mod by_itself {
    dormouse_conformance::local_conformance!(dormouse_smol::SmolLocal::new());
    dormouse_conformance::local_blocking_conformance!(dormouse_smol::SmolLocal::new());
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_smol::SmolLocal;

    dormouse_conformance::local_conformance!(Coalesced::new_local(SmolLocal::new()));
}
