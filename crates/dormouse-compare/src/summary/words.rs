//! Ratios, intervals and lists of names, in words.

use dormouse_verdict::{Outcome, Verdict};

use crate::figures::Figure;
use crate::units;

/// The typical ratio or difference: `0.5×` or `+1.20 ms`.
pub(crate) fn typical(verdict: &Verdict, figure: &Figure) -> String {
    match (verdict.ratio, verdict.difference) {
        (Some(ratio), _) => units::ratio(ratio),
        (None, Some(more)) if more > 0.0 => format!("+{}", figure.text(more)),
        (None, difference) => figure.text(difference.unwrap_or_default()),
    }
}

/// The typical ratio or difference, and its interval: `0.5× [0.4, 0.6]`.
pub(crate) fn interval(verdict: &Verdict, figure: &Figure) -> String {
    let typical = typical(verdict, figure);
    let Some((low, high)) = verdict.interval else {
        return typical;
    };
    let text = |value: f64| match verdict.ratio {
        None => figure.text(value),
        Some(_) => units::ratio(value),
    };
    let digits = |number: f64| text(number).trim_end_matches('×').to_owned();
    // What is proven to differ is not shown as equal, however the end of its interval is rounded.
    let equal = digits(verdict.ratio.map_or(0.0, |_| 1.0));
    let end = |number: f64, sign: &str| match digits(number) {
        end if end == equal && verdict.outcome != Outcome::NoDetectableDifference => {
            format!("{sign}{end}")
        }
        end => end,
    };
    format!("{typical} [{}, {}]", end(low, ">"), end(high, "<"))
}

/// How much lower or higher a figure is than another engine's: `is 1/25 of tokio's [1/33, 1/14]`.
pub(super) fn factor(verdict: &Verdict, figure: &Figure, than: &str) -> String {
    let Some(ratio) = verdict.ratio else {
        let difference = interval(verdict, figure);
        return format!("differs from {than} by {difference}");
    };
    let form = Form::of(&[ratio]);
    let (low, high) = verdict.interval.unwrap_or((ratio, ratio));
    let (low, high) = (form.end(low, ratio), form.end(high, ratio));
    let ends = if form == Form::Lower {
        format!("{high}, {low}")
    } else {
        format!("{low}, {high}")
    };
    format!("is {} [{ends}]", form.than(&form.number(ratio), than))
}

/// By how much figures with these ratios differ, if all are lower or all are higher: `21 to 69 % lower
/// than tokio's`.
pub(super) fn range(mut ratios: Vec<f64>, than: &str) -> Option<String> {
    // The smallest difference comes first.
    ratios.sort_by(|left, right| left.ln().abs().total_cmp(&right.ln().abs()));
    let (near, far) = (*ratios.first()?, *ratios.last()?);
    if ratios.iter().any(|ratio| (*ratio < 1.0) != (near < 1.0)) {
        return None;
    }
    let form = Form::of(&ratios);
    let [near, far] = [near, far].map(|ratio| form.number(ratio));
    let number = if near == far {
        near
    } else {
        format!("{near} to {far}")
    };
    Some(form.than(&number, than))
}

/// How a ratio is told so that it is read most easily.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Form {
    /// `69 % lower than`
    Lower,
    /// `1/25 of`
    Part,
    /// `21 % higher than`
    Higher,
    /// `4.2 times`
    Times,
}

impl Form {
    fn of(ratios: &[f64]) -> Self {
        if ratios.iter().all(|ratio| *ratio < 0.2) {
            Self::Part
        } else if ratios[0] < 1.0 {
            Self::Lower
        } else if ratios.iter().all(|ratio| *ratio < 1.5) {
            Self::Higher
        } else {
            Self::Times
        }
    }

    fn number(self, ratio: f64) -> String {
        let digits = |ratio: f64| units::ratio(ratio).trim_end_matches('×').to_owned();
        match self {
            Self::Lower => {
                // Only what is 0 is 100 % lower: where that is near, more decimals are told.
                let is_near = ratio > 0.0 && ratio < 0.005;
                let decimals = if is_near { -ratio.log10() - 2.0 } else { 0.0 };
                let decimals = decimals.ceil().min(9.0) as usize;
                format!("{:.decimals$}", 100.0 * (1.0 - ratio))
            }
            Self::Part => format!("1/{}", digits(1.0 / ratio)),
            Self::Higher => format!("{:.0}", 100.0 * (ratio - 1.0)),
            Self::Times => digits(ratio),
        }
    }

    /// An end of the interval around `typical`: what is proven to differ is not shown as equal, however
    /// the end is rounded.
    fn end(self, end: f64, typical: f64) -> String {
        let (end, equal) = (self.number(end), self.number(1.0));
        match self {
            Self::Part if end == equal => format!("<{end}"),
            _ if end == equal && self.number(typical) != equal => format!(">{end}"),
            _ => end,
        }
    }

    fn than(self, number: &str, than: &str) -> String {
        match self {
            Self::Lower => format!("{number} % lower than {than}"),
            Self::Part => format!("{number} of {than}"),
            Self::Higher => format!("{number} % higher than {than}"),
            Self::Times => format!("{number} times {than}"),
        }
    }
}

/// These names, or all but the others of `all` if those are fewer.
pub(super) fn few(names: &[String], all: &[String]) -> String {
    let others = all.iter().filter(|name| !names.contains(name));
    let others: Vec<String> = others.cloned().collect();
    if names.len() > 3 && others.len() < 3 && !others.is_empty() {
        format!("all but {}", listed(&others))
    } else {
        listed(names)
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Adds those names that are not there yet.
pub(super) fn add(names: &mut Vec<String>, more: &[String]) {
    for name in more {
        if !names.contains(name) {
            names.push(name.clone());
        }
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

    #[test]
    fn what_is_not_nothing_is_not_shown_as_100_percent_lower() {
        let told = |ratio: f64| range(vec![0.7, ratio], "a's").unwrap();
        assert_eq!(told(0.01), "30 to 99 % lower than a's");
        assert_eq!(told(0.0049), "30 to 99.5 % lower than a's");
        assert_eq!(told(0.001), "30 to 99.9 % lower than a's");
        assert_eq!(told(0.0004), "30 to 99.96 % lower than a's");
    }

    /// The interval of what is proven to differ has no equal figures in it.
    #[test]
    fn an_end_that_is_cut_off_is_not_equal() {
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
        assert_eq!(interval(&more, &figure), "1.34× [>1.00, 1.83]");
        let less = verdict(0.5, (0.25, 1.0));
        assert_eq!(
            factor(&less, &figure, "a's"),
            "is 50 % lower than a's [>0, 75]"
        );
        assert_eq!(interval(&less, &figure), "0.50× [0.25, <1.00]");
    }
}
