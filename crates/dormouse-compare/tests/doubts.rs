//! A doubt about a session, such as a busy machine, comes before the findings and weakens their
//! wording, in every format.

use dormouse_compare::{Format, Report};
use serde_json::{Value, json};

#[path = "shuffled/quiet.rs"]
mod quiet;

/// Changes the session and merges it: its summary, and the report as text, Markdown and HTML.
fn merged(change: impl Fn(&mut Value)) -> (Vec<String>, Vec<String>) {
    let mut report = quiet::report();
    let session = &mut report["sessions"][0];
    session["environment"]["measured_s"] = json!(30.0);
    change(session);
    let report = Report::merge([Report::read(report.to_string().as_bytes(), "r").unwrap()]);
    let summary = report.sessions()[0].summary().to_vec();
    let page = |format: Format| format.render(&report).unwrap();
    // Prose is as narrow as the terminal.
    let narrow = report.text(40);
    let mut findings = narrow.lines().filter(|line| is_finding(line));
    assert!(findings.all(|line| line.chars().count() <= 40), "{narrow}");
    let forms = vec![
        report.text(10_000),
        page(Format::Markdown),
        page(Format::Html),
    ];
    (summary, forms)
}

/// Whether a line reports a difference.
fn is_finding(line: &str) -> bool {
    ["than tokio's", "of tokio's", "times tokio's"]
        .iter()
        .any(|words| line.contains(words))
}

#[test]
fn no_share_is_taken_of_no_time() {
    let (_, forms) = merged(|session| {
        session["environment"]["measured_s"] = Value::Null;
        session["environment"]["steal"] = json!([0, 100_000]);
    });
    assert!(!forms[0].contains("other machines took"), "{}", forms[0]);
}

#[test]
fn a_doubt_weakens_every_finding() {
    let (sure, _) = merged(|_| {});
    assert!(!sure.iter().any(|line| line.contains("hint")), "{sure:#?}");
    assert!(!sure.iter().any(|line| line.contains("seems")), "{sure:#?}");
    let findings = sure.iter().filter(|line| is_finding(line)).count();
    assert!(findings > 0, "{sure:#?}");

    type Doubt = (&'static str, fn(&mut Value));
    let doubts: [Doubt; 4] = [
        ("was busy before the start", |session| {
            session["environment"]["load"] = json!([3.7, 3.7]);
        }),
        ("nice level", |session| {
            session["environment"]["nice"] = json!(5);
        }),
        ("debug build", |session| {
            session["environment"]["profile"] = json!("debug");
        }),
        ("other machines took", |session| {
            session["environment"]["steal"] = json!([0, 100_000]);
        }),
    ];
    for (words, doubt) in doubts {
        let (weak, forms) = merged(doubt);
        assert!(
            weak[0].starts_with("Take what follows as hints") && weak[0].contains(words),
            "{weak:#?}"
        );
        for line in weak.iter().filter(|line| is_finding(line)) {
            assert!(line.contains("seems"), "{line}");
        }
        assert!(
            weak.iter().any(|line| line.contains("run it again")),
            "{weak:#?}"
        );
        for form in forms {
            let place = |words: &str| {
                form.find(words)
                    .unwrap_or_else(|| panic!("{words}: {form}"))
            };
            assert!(place("as hints") < place("seems"), "{form}");
        }
    }
}

/// The answer comes first; then who is best, and how much it is about.
#[test]
fn the_summary_says_who_is_best_and_who_is_not() {
    let (summary, forms) = merged(|_| {});
    let said = [
        "In short: to wake on time: no best is proven in sleep (coalesced), but tokio is beaten by \
         futures; for little CPU: tokio-current-thread, whose CPU/wait is 36 to 53 % lower than \
         tokio's in sleep (spawn, coalesced); for little memory: all but threads; to wake on time \
         under load: all but threads (tokio-current-thread with a smaller load).",
        "Ends soonest: no best is proven in sleep (join), but tokio is beaten by smol, futures and \
         threads: overhead of smol is 1/11.5 of tokio's [1/36.6, 1/3.58] (49.0 µs); no best is \
         proven in sleep (spawn), but tokio is beaten by smol, async-std and futures: overhead of \
         smol is 1/17.9 of tokio's [1/175, 1/1.84] (67.2 µs); no difference found in sleep \
         (coalesced).",
    ];
    assert_eq!(summary[..2], said, "{summary:#?}");
    let late = summary
        .iter()
        .find(|line| line.starts_with("Wakes on time:"));
    let threads = "no best is proven in sleep (spawn), but tokio beats threads: late p99 of threads \
                   is 4.53 times tokio's [1.23, 16.7] (10.6 ms)";
    assert!(late.unwrap().contains(threads), "{late:?}");
    // On the page, the findings are folded.
    let place = |words: &str| forms[2].find(words).unwrap();
    assert!(place("In short") < place("<details") && place("<details") < place("Ends soonest"));
}

/// Nothing is said of a figure by which the reference differs from itself.
#[test]
fn a_figure_whose_control_fails_is_not_spoken_of() {
    let (summary, _) = merged(|session| {
        for row in session["engines"].as_array_mut().unwrap() {
            if row["kind"] == "control" && row["workload"] == "sleep" {
                for run in row["runs"].as_array_mut().unwrap() {
                    let figure = &mut run["figures"]["cpu_per_wait_s"];
                    *figure = json!(figure.as_f64().unwrap() * 9.0);
                }
            }
        }
    });
    let cpu = summary
        .iter()
        .any(|line| line.starts_with("Costs the least CPU"));
    assert!(!cpu, "{summary:#?}");
    let control = summary
        .iter()
        .find(|line| line.starts_with("Control:"))
        .unwrap();
    assert!(control.contains("CPU/wait in sleep join: 9"), "{control}");
}

/// A runtime with one thread has less load, and the summary says so.
#[test]
fn a_load_that_is_not_that_of_the_others_is_named() {
    let (summary, _) = merged(|_| {});
    let line = summary
        .iter()
        .find(|line| line.starts_with("Under load every thread"));
    assert!(
        line.unwrap().contains("tokio-current-thread"),
        "{summary:#?}"
    );
    let (summary, _) = merged(|session| {
        for engine in session["engines"].as_array_mut().unwrap() {
            engine["threads"] = json!(2);
        }
    });
    let line = summary
        .iter()
        .find(|line| line.starts_with("Under load every thread"));
    assert_eq!(line, None);
    let (summary, _) = merged(|session| {
        for engine in session["engines"].as_array_mut().unwrap() {
            let of = engine["runtime"].as_str().unwrap();
            engine["threads"] = json!(if of == "smol" { 0 } else { 2 });
        }
    });
    let said = "Under load every thread of a runtime has its busy tasks. smol has an unknown number of threads";
    let line = summary.iter().find(|line| line.starts_with(said));
    assert!(line.is_some(), "{summary:#?}");
}

/// A session that was ended at once.
#[test]
fn no_round_is_not_too_few_of_them() {
    let (_, forms) = merged(|session| {
        for engine in session["engines"].as_array_mut().unwrap() {
            engine["runs"] = json!([]);
        }
    });
    assert!(forms[1].contains("no round was completed"), "{}", forms[1]);
    assert!(!forms[1].contains("0 rounds can't"), "{}", forms[1]);
}
