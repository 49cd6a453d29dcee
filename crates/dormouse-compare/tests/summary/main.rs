//! What the summary says of sessions whose figures were made up: no more than was proven.

use dormouse_compare::Report;
use serde_json::json;

mod places;
#[path = "../shuffled/quiet.rs"]
mod quiet;

/// How noisy a figure is: quiet ones vary by 1 %, the others by a factor of 2 either way.
const QUIET: f64 = 0.01;
const NOISY: f64 = 1.0;

/// The engines that are left of each group.
const ENGINES: [&str; 4] = ["tokio", "tokio-current-thread", "smol", "futures"];

/// A summary: `made` gives a figure's typical value and its noise, from its workload, mode, runtime
/// and key. All figures that it gives none of are equal.
fn summary(made: impl Fn(&str, &str, &str, &str) -> Option<(f64, f64)>) -> Vec<String> {
    summary_of(|_, runtime| ENGINES.contains(&runtime), made)
}

/// The same with other engines: those of the modes and runtimes that are `kept`.
fn summary_of(
    kept: impl Fn(&str, &str) -> bool,
    made: impl Fn(&str, &str, &str, &str) -> Option<(f64, f64)>,
) -> Vec<String> {
    let mut report = quiet::report();
    let session = &mut report["sessions"][0];
    let engines = session["engines"].as_array_mut().unwrap();
    engines.retain(|engine| {
        let text = |key: &str| engine[key].as_str().unwrap_or_default();
        engine["kind"] == "runtime" && kept(text("mode"), text("runtime"))
    });
    let mut random: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut chance = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 11) as f64 / (1_u64 << 53) as f64
    };
    for engine in engines {
        let text = |key: &str| engine[key].as_str().unwrap().to_owned();
        let (workload, mode, runtime) = (text("workload"), text("mode"), text("runtime"));
        for run in engine["runs"].as_array_mut().unwrap() {
            for (key, figure) in run["figures"].as_object_mut().unwrap() {
                if figure.is_number() {
                    let given = made(&workload, &mode, &runtime, key);
                    let (typical, noise) = given.unwrap_or((1.0, 0.05));
                    *figure = json!(1e-3 * typical * (2.0 * noise * (chance() - 0.5)).exp2());
                }
            }
        }
    }
    let report = Report::merge([Report::read(report.to_string().as_bytes(), "r").unwrap()]);
    report.sessions()[0].summary()
}

/// The line about this.
fn line<'a>(summary: &'a [String], about: &str) -> &'a str {
    let mut lines = summary.iter();
    let line = lines.find(|line| line.starts_with(about));
    line.unwrap_or_else(|| panic!("{about}: {summary:#?}"))
}

/// The part of the answer in short that is about this.
fn in_short<'a>(summary: &'a [String], about: &str) -> &'a str {
    let clauses = line(summary, "In short: ").trim_start_matches("In short: ");
    let mut clauses = clauses.trim_end_matches('.').split("; ");
    let clause = clauses.find(|clause| clause.starts_with(about));
    clause.unwrap_or_else(|| panic!("{about}: {summary:#?}"))
}

#[test]
fn a_number_in_short_is_that_of_the_engines_it_names() {
    let sums = |spawn: f64| {
        summary(move |workload, mode, runtime, key| {
            let factor = match (runtime, mode) {
                // In no proven order there, so that both are among the best.
                ("smol", "join") => (0.6, NOISY / 4.0),
                ("futures", "join") => (0.62, NOISY / 4.0),
                ("smol", "spawn") => (0.5 * spawn, NOISY / 4.0),
                ("futures", "spawn") => (0.52 * spawn, NOISY / 4.0),
                ("smol", _) => (0.3, NOISY / 4.0),
                ("futures", _) => (0.31, NOISY / 4.0),
                _ => (1.0, QUIET),
            };
            (workload == "sleep" && key == "late_p99_s").then_some(factor)
        })
    };
    // Over both engines and all groups.
    let told = in_short(&sums(1.0), "to wake on time:").to_owned();
    let range = told.strip_prefix("to wake on time: smol and futures, whose late p99 is ");
    let range = range.unwrap_or_else(|| panic!("{told}"));
    let range = range.strip_suffix(" % lower than tokio's").unwrap();
    let (near, far) = range.split_once(" to ").unwrap();
    let (near, far): (f64, f64) = (near.parse().unwrap(), far.parse().unwrap());
    assert!(
        (near - 38.0).abs() < 5.0 && (far - 70.0).abs() < 5.0,
        "{told}"
    );
    // The groups are named, if some do not bear it out.
    let told = in_short(&sums(2.0), "to wake on time:").to_owned();
    let words = " % lower than tokio's in sleep (join, coalesced)";
    assert!(told.ends_with(words), "{told}");
}

/// smol can't be told from tokio or futures, so all three are among the best.
#[test]
fn one_of_the_best_that_others_of_them_beat_is_said_to_be() {
    let told = |futures: f64| {
        let summary = summary(move |workload, _, runtime, key| {
            let factor = match runtime {
                "tokio" => (1.0, QUIET),
                "futures" => (futures, QUIET),
                "smol" => (0.9, NOISY),
                _ => (20.0, QUIET),
            };
            (workload == "load" && key == "late_p99_s").then_some(factor)
        });
        in_short(&summary, "to wake on time under load: ").to_owned()
    };
    assert_eq!(
        told(0.7),
        "to wake on time under load: tokio, smol and futures, though others of these beat tokio"
    );
    let words = "to wake on time under load: tokio, smol and futures";
    assert_eq!(told(0.95), words, "5 % decide for nobody");
}

/// The shorter list is told.
#[test]
fn where_most_of_the_best_are_beaten_those_that_are_not_are_named() {
    let summary = summary_of(
        |_, _| true,
        |workload, _, runtime, key| {
            let factor = match runtime {
                "futures" => (0.7, QUIET),
                "smol" => (0.9, NOISY),
                "threads" => (20.0, QUIET),
                _ => (1.0, QUIET),
            };
            (workload == "load" && key == "late_p99_s").then_some(factor)
        },
    );
    let told = in_short(&summary, "to wake on time under load: ");
    let words = ", of which only smol and futures are beaten by no other";
    assert!(told.ends_with(words), "{told}");
}

#[test]
fn a_number_in_short_is_not_that_of_an_engine_it_leaves_out() {
    // The least memory is that of tokio-current-thread, which is not among the best under load.
    let summary = summary(|workload, mode, runtime, key| {
        let factor = match (runtime, workload, mode) {
            // So noisy that it can't be told from smol and futures.
            ("tokio-current-thread", "sleep", "coalesced") => (0.44, 0.4),
            ("tokio-current-thread", "load", _) => (2.0, QUIET),
            ("smol" | "futures", "sleep", "coalesced") => (0.5, QUIET),
            _ => (1.0, QUIET),
        };
        (key == "peak_rss_bytes").then_some(factor)
    });
    let told = in_short(&summary, "for little memory:");
    let words = "for little memory: smol and futures, whose memory is 50 % lower than tokio's in \
                 sleep (coalesced)";
    assert_eq!(told, words);
}

#[test]
fn engines_that_were_not_told_apart_are_not_said_to_be_equal() {
    // All that is proven is a difference of 5 %, but smol may be anywhere.
    let summary = summary(|_, _, runtime, key| {
        let factor = match runtime {
            "tokio-current-thread" => (1.05, QUIET),
            "smol" => (1.4, 4.0 * NOISY),
            _ => (1.0, QUIET),
        };
        (key == "peak_rss_bytes").then_some(factor)
    });
    for told in [
        in_short(&summary, "for little memory:"),
        line(&summary, "Needs the least memory:"),
    ] {
        let words = ": no difference of more than 10 % is proven";
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn a_large_difference_between_two_others_is_not_denied() {
    // Either differs from the reference by less than 10 %.
    let summary = summary(|workload, _, runtime, key| {
        let factor = match runtime {
            "smol" => 0.93,
            "futures" => 1.09,
            _ => 1.0,
        };
        (workload == "sleep" && key == "peak_rss_bytes").then_some((factor, QUIET))
    });
    let told = line(&summary, "Needs the least memory:");
    assert!(
        told.contains(": smol in sleep (join, spawn, coalesced)"),
        "{told}"
    );
    assert!(!told.contains("10 %"), "{told}");
}

/// The reference is noisy and in the middle.
fn between(runtime: &str) -> (f64, f64) {
    match runtime {
        "smol" => (0.8, QUIET),
        "futures" => (1.25, QUIET),
        _ => (1.0, 2.0 * NOISY),
    }
}

#[test]
fn what_is_proven_without_the_reference_is_said() {
    let summary = summary(|workload, _, runtime, key| {
        (workload == "sleep" && key == "late_p99_s").then_some(between(runtime))
    });
    let told = line(&summary, "Wakes on time:");
    let words = "Wakes on time: no best is proven in sleep (join, spawn, coalesced), but smol beats \
                 futures: late p99 of futures is 1.5";
    assert!(told.starts_with(words), "{told}");
    assert!(told.contains(" times smol's"), "{told}");
    let told = in_short(&summary, "to wake on time:");
    let words = "to wake on time: no best is proven, but smol beats futures";
    assert_eq!(told, words);
    assert!(!line(&summary, "No difference found:").contains("wakes on time,"));
}

#[test]
fn an_engine_that_another_beats_somewhere_is_not_the_answer_in_short() {
    let summary = summary(|workload, mode, runtime, key| {
        let factor = match (mode, runtime) {
            ("join", "tokio" | "tokio-current-thread") => (1.0, QUIET),
            ("join", _) => (0.5, 0.05),
            _ => between(runtime),
        };
        (workload == "sleep" && key == "late_p99_s").then_some(factor)
    });
    let told = in_short(&summary, "to wake on time:");
    let words = "to wake on time: smol, whose late p99 is 50 % lower than tokio's in sleep (join)";
    assert_eq!(told, words);
}

/// What is true of one group is not said of all.
#[test]
fn what_is_said_in_short_of_one_group_names_it() {
    let summary = summary(|workload, mode, runtime, key| {
        let factor = match (mode, runtime) {
            ("join", "smol") => (0.5, QUIET),
            ("spawn", "smol") => (2.0, QUIET),
            ("join" | "spawn", "tokio") => (1.0, QUIET),
            // So noisy that no best is proven.
            _ => (1.0, 4.0 * NOISY),
        };
        (workload == "sleep" && key == "late_p99_s").then_some(factor)
    });
    let told = in_short(&summary, "to wake on time:");
    let words = "to wake on time: no best is proven in sleep (join), but tokio is beaten by smol";
    assert_eq!(told, words);
}

#[test]
fn a_smaller_load_is_named_beside_what_it_makes_the_best() {
    let summary = summary(|workload, _, runtime, key| {
        let factor = match runtime {
            "tokio-current-thread" => 0.3,
            _ => 1.0,
        };
        (workload == "load" && key == "late_p99_s").then_some((factor, QUIET))
    });
    let told = in_short(&summary, "to wake on time under load:");
    let words = "to wake on time under load: tokio-current-thread (with a smaller load), whose late \
                 p99 is 70 % lower than tokio's";
    assert_eq!(told, words);
    // Memory is not that of the load.
    assert_eq!(
        summary
            .iter()
            .filter(|line| line.contains("with a smaller load"))
            .count(),
        1
    );
}
