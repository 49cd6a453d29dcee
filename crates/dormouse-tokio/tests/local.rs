//! tokio's runtime of one thread under the contract.

mod by_itself {
    dormouse_conformance::local_conformance!(dormouse_tokio::TokioLocal::new());
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_tokio::TokioLocal;

    dormouse_conformance::local_conformance!(Coalesced::new_local(TokioLocal::new()));
}
