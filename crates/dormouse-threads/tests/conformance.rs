//! The conformance suite on plain threads, with as many tasks as there can be threads.

mod by_itself {
    dormouse_conformance::conformance!(dormouse_threads::Threads, few_tasks);
    dormouse_conformance::blocking_conformance!(dormouse_threads::Threads);
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_threads::Threads;

    dormouse_conformance::conformance!(Coalesced::new(Threads), few_tasks);
}
