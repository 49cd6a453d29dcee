//! A real session, with its runs shuffled among the engines of each group within each round.
//!
//! Then all engines are equal, with the noise of a real machine, and every reported difference is
//! false.

use dormouse_compare::{Format, Report};
use serde_json::Value;

/// A default session of twelve rounds on two cores of a virtual machine, without its histograms.
const REAL: &str = include_str!("shuffled/session.json");

/// A simple generator, good enough to shuffle with.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }
}

fn real() -> Value {
    serde_json::from_str(REAL).unwrap()
}

fn engines(report: &mut Value) -> &mut Vec<Value> {
    report["sessions"][0]["engines"].as_array_mut().unwrap()
}

/// The indices of the engines of each group.
fn groups(report: &mut Value) -> Vec<Vec<usize>> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (place, engine) in engines(report).iter().enumerate() {
        let key = format!("{} {}", engine["workload"], engine["mode"]);
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, places)) => places.push(place),
            None => groups.push((key, vec![place])),
        }
    }
    groups.into_iter().map(|(_, places)| places).collect()
}

/// Shuffles the runs of each round among these engines.
fn shuffle(report: &mut Value, places: &[usize], random: &mut Random) {
    let engines = engines(report);
    let rounds = engines[0]["runs"].as_array().unwrap().len();
    let mut order = (0..rounds).collect::<Vec<_>>();
    order.reverse();
    for round in order {
        for last in (1..places.len()).rev() {
            let other = random.below(last + 1);
            let (left, right) = (places[last], places[other]);
            let run = engines[left]["runs"][round].take();
            engines[left]["runs"][round] = engines[right]["runs"][round].take();
            engines[right]["runs"][round] = run;
        }
    }
}

/// The report as JSON with its verdicts worked out anew, and as a page.
fn merged(report: &Value) -> (Value, String) {
    let read = Report::read(report.to_string().as_bytes(), "shuffled").unwrap();
    let merged = Report::merge([read]);
    let page = Format::Html.render(&merged).unwrap();
    let json = serde_json::from_str(&merged.json().unwrap()).unwrap();
    (json, page)
}

/// Whether any difference is reported: in a verdict, in the summary or on the page.
fn says_anything(report: &Value) -> bool {
    let (mut report, page) = merged(report);
    let session = &report["sessions"][0];
    let summary = session["summary"].as_array().unwrap().iter();
    let words = [
        "times lower",
        "times higher",
        "% lower",
        "% higher",
        "differs from itself",
        "(tied)",
        " beats ",
        " is beaten ",
    ];
    let in_summary = summary
        .map(|sentence| sentence.as_str().unwrap())
        .any(|sentence| words.iter().any(|word| sentence.contains(word)));
    let in_page = page.contains("<small>best</small>");
    let differs = |engine: &Value| {
        let verdicts = engine["versus"]["verdicts"].as_object();
        let outcomes = verdicts.into_iter().flatten();
        let mut outcomes = outcomes.map(|(_, verdict)| verdict["outcome"].as_str().unwrap());
        outcomes.any(|outcome| outcome != "no_detectable_difference")
            || !engine["best_by"].as_array().unwrap().is_empty()
    };
    in_summary || in_page || engines(&mut report).iter().any(differs)
}

#[test]
fn what_was_measured_says_something() {
    assert!(says_anything(&real()));
}

#[test]
fn at_most_5_of_100_shuffled_sessions_say_anything() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let said = (0..100).filter(|_| {
        let mut report = real();
        for places in groups(&mut report) {
            shuffle(&mut report, &places, &mut random);
        }
        says_anything(&report)
    });
    let said = said.count();
    println!("{said} of 100 say anything");
    assert!(said <= 5, "{said} of 100");
}

/// Two engines are equal and the others are as they were: no difference of the two is reported, and
/// neither of them is among the best without the other, even if a third one is between them.
#[test]
fn two_equal_engines_among_others_are_told_apart_in_at_most_5_of_100() {
    let mut random = Random(0x1234_5678_9ABC_DEF1);
    let mut said = 0;
    for number in 0..100 {
        let mut report = real();
        let mut pairs = Vec::new();
        for places in groups(&mut report) {
            // The reference and one other engine, but not the control.
            if places.len() > 3 {
                pairs.push([places[0], places[2 + number % (places.len() - 2)]]);
            }
        }
        for pair in &pairs {
            shuffle(&mut report, pair, &mut random);
        }
        let (mut report, _) = merged(&report);
        let engines = engines(&mut report);
        let is_told = |pair: &[usize; 2]| {
            let verdicts = engines[pair[1]]["versus"]["verdicts"].as_object();
            let mut outcomes = verdicts.into_iter().flatten();
            outcomes.any(|(_, verdict)| verdict["outcome"] != "no_detectable_difference")
                || engines[pair[0]]["best_by"] != engines[pair[1]]["best_by"]
        };
        said += usize::from(pairs.iter().any(is_told));
    }
    println!("{said} of 100");
    assert!(said <= 5, "{said} of 100");
}
