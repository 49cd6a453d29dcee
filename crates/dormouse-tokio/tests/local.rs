//! The conformance suite on tokio's local runtime.

mod by_itself {
    dormouse_conformance::local_conformance!(dormouse_tokio::TokioLocal::new());
    dormouse_conformance::local_blocking_conformance!(dormouse_tokio::TokioLocal::new());
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_tokio::TokioLocal;

    dormouse_conformance::local_conformance!(Coalesced::new_local(TokioLocal::new()));
}
