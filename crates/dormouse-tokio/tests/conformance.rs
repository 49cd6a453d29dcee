//! The conformance suite on tokio: the ambient runtime, and owned ones of every flavour.

mod ambient {
    use dormouse_tokio::{Tokio, TokioRuntime};

    dormouse_conformance::conformance!(Tokio, driver = TokioRuntime::multi_thread(2));
    dormouse_conformance::blocking_conformance!(Tokio, driver = TokioRuntime::multi_thread(2));
}

mod ambient_current_thread {
    use dormouse_tokio::{Tokio, TokioRuntime};

    dormouse_conformance::conformance!(Tokio, driver = TokioRuntime::current_thread());
}

mod current_thread {
    dormouse_conformance::conformance!(dormouse_tokio::TokioRuntime::current_thread());
    dormouse_conformance::blocking_conformance!(dormouse_tokio::TokioRuntime::current_thread());
}

mod default {
    dormouse_conformance::conformance!(dormouse_tokio::TokioRuntime::new());
}

mod one_worker {
    dormouse_conformance::conformance!(dormouse_tokio::TokioRuntime::multi_thread(1));
}

mod two_workers {
    dormouse_conformance::conformance!(dormouse_tokio::TokioRuntime::multi_thread(2));
    dormouse_conformance::blocking_conformance!(dormouse_tokio::TokioRuntime::multi_thread(2));
}

mod eight_workers {
    dormouse_conformance::conformance!(dormouse_tokio::TokioRuntime::multi_thread(8));
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_tokio::TokioRuntime;

    dormouse_conformance::conformance!(Coalesced::new(TokioRuntime::multi_thread(2)));
}

mod coalesced_one_worker {
    use dormouse_core::Coalesced;
    use dormouse_tokio::TokioRuntime;

    dormouse_conformance::conformance!(Coalesced::new(TokioRuntime::multi_thread(1)));
}

mod coalesced_ambient {
    use dormouse_core::Coalesced;
    use dormouse_tokio::{Tokio, TokioRuntime};

    dormouse_conformance::conformance!(
        Coalesced::new(Tokio),
        driver = TokioRuntime::multi_thread(2)
    );
}

mod coalesced_current_thread {
    use dormouse_core::Coalesced;
    use dormouse_tokio::TokioRuntime;

    dormouse_conformance::conformance!(Coalesced::new(TokioRuntime::current_thread()));
}
