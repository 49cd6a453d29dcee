//! The conformance suite on smol: its global executor, and owned ones.

mod global {
    dormouse_conformance::conformance!(dormouse_smol::Smol);
    dormouse_conformance::blocking_conformance!(dormouse_smol::Smol);
}

mod driven_by_block_on {
    dormouse_conformance::conformance!(dormouse_smol::SmolExecutor::new(0));
    dormouse_conformance::blocking_conformance!(dormouse_smol::SmolExecutor::new(0));
}

mod one_thread {
    dormouse_conformance::conformance!(dormouse_smol::SmolExecutor::new(1));
}

mod four_threads {
    dormouse_conformance::conformance!(dormouse_smol::SmolExecutor::new(4));
    dormouse_conformance::blocking_conformance!(dormouse_smol::SmolExecutor::new(4));
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_smol::SmolExecutor;

    dormouse_conformance::conformance!(Coalesced::new(SmolExecutor::new(2)));
    dormouse_conformance::blocking_conformance!(Coalesced::new(SmolExecutor::new(2)));
}

mod coalesced_driven_by_block_on {
    use dormouse_core::Coalesced;
    use dormouse_smol::SmolExecutor;

    dormouse_conformance::conformance!(Coalesced::new(SmolExecutor::new(0)));
}
