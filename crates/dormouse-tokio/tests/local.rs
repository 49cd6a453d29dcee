//! tokio's local runtime: the conformance suite, and a set whose tasks end while its budget is spent.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use dormouse_core::{BlockOn, LocalJoinSet};
use dormouse_tokio::TokioLocal;
use tokio::sync::oneshot;
use tokio::task::{coop, yield_now};

/// Without budget, tokio wakes whoever polls a handle, in another order than that of the ends.
#[test]
fn a_set_polled_without_budget_gives_results_in_the_order_of_the_ends() {
    let runtime = TokioLocal::new();
    let mut set = LocalJoinSet::new(&runtime);
    runtime.block_on(async {
        let mut signals = Vec::new();
        for number in 0..100 {
            let (signal, told) = oneshot::channel();
            signals.push(Some(signal));
            set.spawn_local(async move {
                told.await.unwrap();
                number
            });
        }
        yield_now().await;
        poll_fn(|cx| {
            while coop::has_budget_remaining() {
                let _ = pin!(coop::consume_budget()).poll(cx);
            }
            assert!(set.poll_join_next(cx).is_pending());
            Poll::Ready(())
        })
        .await;
        let order = [60, 30, 10, 80, 5];
        for number in order {
            signals[number].take().unwrap().send(()).unwrap();
            for _ in 0..3 {
                yield_now().await;
            }
        }
        for number in order {
            assert_eq!(set.join_next().await.unwrap().unwrap(), number);
        }
    });
}

mod by_itself {
    dormouse_conformance::local_conformance!(dormouse_tokio::TokioLocal::new());
    dormouse_conformance::local_blocking_conformance!(dormouse_tokio::TokioLocal::new());
}

mod coalesced {
    use dormouse_core::Coalesced;
    use dormouse_tokio::TokioLocal;

    dormouse_conformance::local_conformance!(Coalesced::new_local(TokioLocal::new()));
}
