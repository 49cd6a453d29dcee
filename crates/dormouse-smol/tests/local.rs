//! smol's executor of one thread under the contract.

mod by_itself {
    dormouse_conformance::local_conformance!(dormouse_smol::SmolLocal::new());
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_smol::SmolLocal;

    dormouse_conformance::local_conformance!(Coalesced::new_local(SmolLocal::new()));
}
