//! The page's sentences: the summary, the environment and the method.

use maud::{Markup, html};

use crate::report::{Sentence, Session};
use crate::units;

/// The summary. If it begins with an answer in short, the findings are folded.
pub(super) fn summary(session: &Session) -> Markup {
    let (first, findings): (Vec<&Sentence>, Vec<&Sentence>) = session
        .summary
        .iter()
        .partition(|sentence| sentence.about.is_none() || sentence.is_in_short());
    let is_folded = first.iter().any(|sentence| sentence.is_in_short());
    let list = |sentences: &[&Sentence]| {
        html! { ul.summary { @for sentence in sentences { (finding(sentence)) } } }
    };
    html! {
        @if is_folded {
            (list(&first))
            details { summary { "The findings, by what they are about" } (list(&findings)) }
        } @else {
            (list(&session.summary.iter().collect::<Vec<_>>()))
        }
    }
}

/// A sentence of the summary as a list item, with its concern in bold.
fn finding(sentence: &Sentence) -> Markup {
    html! {
        li {
            @if let Some(about) = &sentence.about { strong { (marked(about)) ": " } }
            @match sentence.ended().as_slice() {
                [one] => { (marked(one)) }
                many => ul { @for clause in many { li { (marked(clause)) } } }
            }
        }
    }
}

/// Text, with its parts in backticks as code.
pub(super) fn marked(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The machine and the settings.
pub(super) fn environment(session: &Session) -> Markup {
    let environment = &session.environment;
    let versions = environment.versions.iter();
    let versions: Vec<String> = versions
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    let slack = environment.timer_slack_ns;
    let slack = slack.map(|nanos| units::seconds(nanos as f64 / 1e9));
    let (before, after) = environment.load;
    let [before, after] = [before, after].map(|load| load.map(|load| load.to_string()));
    let or_unknown = |text: Option<String>| text.unwrap_or_else(|| "unknown".into());
    let load = format!("{} and {}", or_unknown(before), or_unknown(after));
    let build = format!(
        "dormouse {}, {}, profile {}",
        environment.dormouse, environment.rustc, environment.profile
    );
    let share = 100.0 * session.coordinator_share;
    let share = format!("{share:.2} % of a core while runs were measured");
    let mut lines = vec![
        ("Machine", environment.line()),
        ("Clock source", or_unknown(environment.clock_source.clone())),
        ("CPU governor", or_unknown(environment.governor.clone())),
        ("Timer slack", or_unknown(slack)),
        ("Load before and after", load),
        ("Build", build),
        ("Crates", versions.join(", ")),
        ("Seed", session.settings.seed.0.to_string()),
        ("Rounds", session.rounds.to_string()),
        ("Coordinator", share),
    ];
    if session.settings.workloads.iter().any(|name| name == "load") {
        let chunk = units::seconds(session.settings.chunk_s);
        let tasks = units::counted(session.settings.busy_per_thread, "busy task");
        let load = format!("{tasks} for each thread, computing for {chunk} at once");
        lines.push(("Load", load));
    }
    html! {
        details {
            summary { "Machine and settings" }
            dl { @for (name, value) in lines { dt { (name) } dd { (value) } } }
        }
    }
}

/// The method in short.
pub(super) fn method() -> Markup {
    html! {
        h2 { "How this was measured" }
        p { "We wrote one side of this comparison: what is measured are dormouse's own functions and workloads, "
            "and the figures say how the runtimes run them. They say nothing about a server that waits for sockets." }
        p { "Each run is a fresh process, as runtimes share threads and allocators keep memory. Every round runs "
            "each runtime once, in a new random order, all with the delays of one seed. Figures are medians over the rounds." }
        dl {
            dt { "overhead" } dd { "The total time without the longest delay." }
            dt { "late" } dd { "From the intended instant to that at which the task resumed." }
            dt { "CPU" } dd { "User and system time of all threads, divided by the number of operations." }
            dt { "memory" } dd { "The peak resident memory of the process." }
        }
        p { "All comparisons of a session are tested together: of 100 sessions of equal runtimes, at most 5 report any difference. A ratio is the typical one of a round (the pseudomedian), and intervals hold all at once. "
            "“best” marks runtimes each of which was proven better than every runtime without that mark. “no difference found” is not proof that there is none. "
            "The reference runs twice (“again”): where it differs from itself in a figure, nothing is concluded from that figure." }
    }
}
