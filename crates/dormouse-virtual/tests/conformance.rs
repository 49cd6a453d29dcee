//! The conformance suite on virtual time.

mod in_order {
    dormouse_conformance::conformance!(dormouse_virtual::Virtual::new());
}

mod shuffled {
    dormouse_conformance::conformance!(dormouse_virtual::Virtual::seeded(7));
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_virtual::Virtual;

    dormouse_conformance::conformance!(Coalesced::new(Virtual::new()));
}

mod mixed {
    use dormouse_core::Mixed;
    use dormouse_virtual::Virtual;

    // The sleeps and the tasks of one runtime, through two handles.
    dormouse_conformance::conformance!(driver = Virtual::new(), |driver| Mixed::new(
        driver.handle(),
        driver.handle()
    ));
}

mod local {
    dormouse_conformance::local_conformance!(dormouse_virtual::Virtual::seeded(7));
    dormouse_conformance::local_blocking_conformance!(dormouse_virtual::Virtual::seeded(7));
}

mod blocking {
    dormouse_conformance::blocking_conformance!(dormouse_virtual::Virtual::new());
}
