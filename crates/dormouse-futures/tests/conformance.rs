//! The conformance suite on the executors of futures.

mod one_thread {
    dormouse_conformance::conformance!(dormouse_futures::FuturesPool::new(1));
}

mod four_threads {
    dormouse_conformance::conformance!(dormouse_futures::FuturesPool::new(4));
    dormouse_conformance::blocking_conformance!(dormouse_futures::FuturesPool::new(4));
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_futures::FuturesPool;

    dormouse_conformance::conformance!(Coalesced::new(FuturesPool::new(2)));
}

mod coalesced_one_thread {
    use dormouse_core::Coalesced;
    use dormouse_futures::FuturesPool;

    dormouse_conformance::conformance!(Coalesced::new(FuturesPool::new(1)));
}

mod local {
    dormouse_conformance::local_conformance!(dormouse_futures::FuturesLocal::new());
    dormouse_conformance::local_blocking_conformance!(dormouse_futures::FuturesLocal::new());
}

mod local_coalesced {
    use dormouse_core::Coalesced;
    use dormouse_futures::FuturesLocal;

    dormouse_conformance::local_conformance!(Coalesced::new_local(FuturesLocal::new()));
}
