//! The wording of findings.

use crate::figures::{Better, Figure};
use crate::units;
use crate::verdict::{Outcome, Verdict};

/// A ratio or a difference, and its interval: `0.5× [0.4, 0.6]`.
pub(crate) fn interval(verdict: &Verdict, figure: Option<&Figure>) -> String {
    let text = |value: f64| match (verdict.ratio, figure) {
        (None, Some(figure)) => figure.text(value),
        _ => units::ratio(value),
    };
    let typical = verdict.ratio.or(verdict.difference).unwrap_or_default();
    let plus = if verdict.ratio.is_none() && typical > 0.0 {
        "+"
    } else {
        ""
    };
    let Some((low, high)) = verdict.interval else {
        return format!("{plus}{}", text(typical));
    };
    let digits = |number: f64| text(number).trim_end_matches('×').to_owned();
    // What is proven to differ is not even, however the end of its interval is rounded.
    let even = digits(verdict.ratio.map_or(0.0, |_| 1.0));
    let end = |number: f64, sign: &str| match digits(number) {
        end if end == even && verdict.outcome != Outcome::NoDetectableDifference => {
            format!("{sign}{end}")
        }
        end => end,
    };
    format!(
        "{plus}{} [{}, {}]",
        text(typical),
        end(low, ">"),
        end(high, "<")
    )
}

/// How much lower or higher a figure is than another engine's: `is 25 times lower than tokio's
/// [14, 33]`.
pub(super) fn factor(verdict: &Verdict, figure: &Figure, than: &str) -> String {
    let Some(ratio) = verdict.ratio else {
        let difference = interval(verdict, Some(figure));
        return format!("differs from {than} by {difference}");
    };
    let (low, high) = verdict.interval.unwrap_or((ratio, ratio));
    let is_lower = ratio < 1.0;
    let word = if is_lower { "lower" } else { "higher" };
    let turned = |ratio: f64| if is_lower { 1.0 / ratio } else { ratio };
    let (ratio, mut ends) = (turned(ratio), [turned(low), turned(high)]);
    ends.sort_unstable_by(f64::total_cmp);
    // Small differences are read more easily as percentages.
    if ratio < 1.5 {
        let percent = |ratio: f64| {
            // If lower: by how many percent of the other's figure.
            let share = if is_lower {
                1.0 - 1.0 / ratio
            } else {
                ratio - 1.0
            };
            format!("{:.0}", 100.0 * share)
        };
        let (low, high) = (above(percent(ends[0]), "0"), percent(ends[1]));
        return format!("is {} % {word} than {than} [{low}, {high}]", percent(ratio));
    }
    let digits = |ratio: f64| units::ratio(ratio).trim_end_matches('×').to_owned();
    format!(
        "is {} times {word} than {than} [{}, {}]",
        digits(ratio),
        above(digits(ends[0]), "1.00"),
        digits(ends[1])
    )
}

/// The near end of the interval of what is proven to differ: it is not even, if it is rounded to that.
fn above(end: String, even: &str) -> String {
    if end == even { format!(">{end}") } else { end }
}

/// A key to sort medians by, the best first.
pub(super) fn rank(figure: &Figure, median: Option<f64>) -> f64 {
    match (median, figure.better) {
        (None, _) => f64::MAX,
        (Some(median), Better::Less) => median,
        (Some(median), Better::More) => -median,
    }
}

/// Splits a sentence of the summary into its concern and its clauses.
///
/// A sentence that does not begin with a concern is one clause.
pub(crate) fn clauses(sentence: &str) -> (Option<&str>, Vec<&str>) {
    match sentence.split_once(": ") {
        Some((head, tail)) if head.len() <= LONGEST_CONCERN && !head.contains(['`', ';', '.']) => {
            (Some(head), tail.split("; ").collect())
        }
        _ => (None, vec![sentence]),
    }
}

/// Long enough for "Wakes half of its tasks soonest under load, it seems".
const LONGEST_CONCERN: usize = 60;

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is proven to differ is not shown with an interval that has what is even in it.
    #[test]
    fn an_end_that_is_cut_off_is_not_even() {
        let verdict = |ratio: f64, interval| Verdict {
            outcome: if ratio < 1.0 {
                Outcome::Less
            } else {
                Outcome::More
            },
            ratio: Some(ratio),
            difference: None,
            interval: Some(interval),
        };
        let figure = Figure::new("x", "x", crate::figures::Unit::Seconds);
        let more = verdict(1.34, (1.0, 1.83));
        assert_eq!(
            factor(&more, &figure, "a's"),
            "is 34 % higher than a's [>0, 83]"
        );
        assert_eq!(interval(&more, None), "1.34× [>1.00, 1.83]");
        let less = verdict(0.5, (0.25, 1.0));
        assert_eq!(
            factor(&less, &figure, "a's"),
            "is 2.00 times lower than a's [>1.00, 4.00]"
        );
        assert_eq!(interval(&less, None), "0.50× [0.25, <1.00]");
    }

    #[test]
    fn a_sentence_has_a_concern_and_clauses() {
        let whole = "Costs the least CPU: tokio in join: CPU of smol is 4 times higher; no difference found in spawn.";
        let tokio = "tokio in join: CPU of smol is 4 times higher";
        let said = vec![tokio, "no difference found in spawn."];
        assert_eq!(clauses(whole), (Some("Costs the least CPU"), said));
        let step = "That step is most of it, and the reason why it takes so very little of the CPU: it does not mean that tokio is slow.";
        assert_eq!(clauses(step), (None, vec![step]));
    }
}
