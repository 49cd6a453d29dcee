//! The sleeps of one runtime and the tasks of another, under the whole contract.

/// An ambient runtime and an owner: tokio's tasks with the timer of smol.
mod smol_s_sleeps_and_tokio_s_tasks {
    use dormouse_core::Mixed;
    use dormouse_smol::Smol;
    use dormouse_tokio::TokioRuntime;

    dormouse_conformance::conformance!(Mixed::new(Smol, TokioRuntime::multi_thread(2)));
    dormouse_conformance::blocking_conformance!(Mixed::new(Smol, TokioRuntime::multi_thread(2)));
}

/// A handle of a runtime on one thread.
mod made_of_handles {
    use dormouse_core::Mixed;
    use dormouse_smol::Smol;
    use dormouse_tokio::TokioRuntime;

    dormouse_conformance::conformance!(driver = TokioRuntime::current_thread(), |driver| {
        Mixed::new(Smol, driver.handle())
    });
}

/// Two owners, each of which is dropped with the mixed one.
mod two_owners {
    use dormouse_core::Mixed;
    use dormouse_smol::SmolExecutor;
    use dormouse_tokio::TokioRuntime;

    dormouse_conformance::conformance!(Mixed::new(
        SmolExecutor::new(1),
        TokioRuntime::multi_thread(2)
    ));
}

/// tokio's tasks on one coalesced timer that is not tokio's.
mod coalesced {
    use dormouse_core::{Coalesced, Mixed};
    use dormouse_smol::Smol;
    use dormouse_tokio::TokioRuntime;

    dormouse_conformance::conformance!(Mixed::new(
        Coalesced::new(Smol),
        TokioRuntime::multi_thread(2)
    ));
}

mod local {
    use dormouse_core::Mixed;
    use dormouse_smol::Smol;
    use dormouse_tokio::TokioLocal;

    dormouse_conformance::local_conformance!(Mixed::new(Smol, TokioLocal::new()));
}
