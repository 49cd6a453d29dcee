//! What the page says of where and how it was measured.

use maud::{Markup, html};

use crate::report::Session;

/// Everything of the environment and the settings, as in the JSON.
pub(super) fn environment(session: &Session) -> Markup {
    let value = serde_json::to_value(&session.environment).unwrap_or_default();
    let settings = serde_json::to_value(&session.settings).unwrap_or_default();
    let lines = [settings, value];
    html! {
        details open[false] {
            summary { "Environment and settings" }
            dl {
                @for (key, value) in lines.iter().filter_map(|value| value.as_object()).flatten() {
                    dt { (key) }
                    dd { (match value.as_str() { Some(text) => text.to_owned(), None => value.to_string() }) }
                }
                dt { "round_seeds" }
                dd { (format!("{:?}", session.round_seeds)) }
                dt { "coordinator_share" }
                dd { (format!("{:.4}", session.coordinator_share)) }
            }
        }
    }
}

/// How it was measured.
pub(super) fn method() -> Markup {
    html! {
        h2 { "Method" }
        p { "We write one side of this comparison: the functions that are measured are dormouse's own, and "
            "the figures say how the runtimes run them. A server that waits for sockets is another matter." }
        p { "Each run is a fresh process, as runtimes share threads and allocators remember. Every round runs "
            "each engine once, in an order shuffled anew, all with the delays of one seed." }
        dl {
            dt { "overhead" } dd { "The total without the largest delay." }
            dt { "late" } dd { "From the instant that was meant, the start and the delay, to the one at which the wait had ended." }
            dt { "CPU/wait" } dd { "User and system time of all threads, by n." }
            dt { "memory" } dd { "The most that the process had." }
            dt { "unordered" } dd { "Neighbours in the order in which the runtime ended the waits; dormouse's own lists have none." }
        }
        p { "A ratio is that of the two figures of one round, its typical value over the rounds (the pseudomedian), "
            "with an interval of 97 % by the signed-rank test. An engine has less or more where the interval leaves out 1 and the "
            "ratio is beyond 2 %; else there is no detectable difference. The reference runs twice (again), and where it differs from "
            "itself the session proves nothing." }
    }
}
