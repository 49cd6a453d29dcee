//! The verdicts on rounds and sessions of known figures.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::*;

mod simulated;

#[test]
fn a_clear_difference_is_found_and_its_way_round() {
    let half = (0..10).map(|round| 0.5 + f64::from(round) / 300.0);
    assert_eq!(outcome(pair(half.clone())), Outcome::Less);
    assert_eq!(outcome(pair(half.map(|ratio| 1.0 / ratio))), Outcome::More);
    let same = pair([1.0; 10].into_iter());
    assert_eq!(outcome(same), Outcome::NoDetectableDifference);
}

#[test]
fn what_never_varies_is_certain() {
    assert_eq!(outcome(pair([1.5; 8].into_iter())), Outcome::More);
    let verdict = compare(&[pair([1.5; 8].into_iter())])[0].unwrap();
    let (low, high) = verdict.interval.unwrap();
    assert!(
        (low - 1.5).abs() < 1e-6 && (high - 1.5).abs() < 1e-6,
        "{verdict:?}"
    );
    // Less than 2 % is not reported.
    assert_eq!(
        outcome(pair([1.01; 8].into_iter())),
        Outcome::NoDetectableDifference
    );
}

#[test]
fn few_rounds_tell_nothing() {
    let six = compare(&[pair([10.0; 6].into_iter())])[0].unwrap();
    assert_eq!(six.outcome, Outcome::NoDetectableDifference);
    assert_eq!(six.interval, None);
    assert_eq!(compare(&[pair([].into_iter())]), [None]);
}

#[test]
fn what_is_not_above_zero_has_no_ratio() {
    let scale = Scale::of([-1.0, 2.0].into_iter(), &[1.0]);
    assert_eq!(scale, Scale::Difference { size: 1.0 });
    let pair = Pair {
        group: 0,
        figure: 0,
        engines: [0, 1],
        scale,
        rounds: (0..9)
            .map(|round| Some(-3.0 + f64::from(round) / 10.0))
            .collect(),
        with_reference: true,
    };
    let verdict = compare(&[pair])[0].unwrap();
    assert_eq!(verdict.ratio, None);
    assert_eq!(verdict.outcome, Outcome::Less);
    assert!(verdict.difference.unwrap() < -2.0);
}

#[test]
fn sessions_apart_differ_where_all_of_one_is_beyond_the_other() {
    let ours: Vec<f64> = (0..8).map(|round| 2.0 + f64::from(round) / 100.0).collect();
    let theirs: Vec<f64> = (0..8).map(|round| 1.0 + f64::from(round) / 100.0).collect();
    let verdict = |ours: &[f64], theirs: &[f64]| {
        let figure = Unpaired {
            scale: Scale::Ratio,
            ours: ours.to_vec(),
            theirs: theirs.to_vec(),
        };
        compare_unpaired(&[figure])[0].unwrap()
    };
    assert_eq!(verdict(&ours, &theirs).outcome, Outcome::More);
    assert_eq!(verdict(&theirs, &ours).outcome, Outcome::Less);
    let same = verdict(&ours, &ours);
    assert_eq!(same.outcome, Outcome::NoDetectableDifference);
    assert_eq!(same.ratio, Some(1.0));
}

/// An engine may have failed in one of the sessions, and another may lack a run of a figure.
#[test]
fn a_figure_with_few_runs_does_not_change_the_verdict_on_another() {
    let runs = |count: i32, more: f64| -> Vec<f64> {
        let run = |round| more + f64::from(round * 7 % 12) / 100.0;
        (0..count).map(run).collect()
    };
    let figure = |ours, theirs| Unpaired {
        scale: Scale::Ratio,
        ours,
        theirs,
    };
    let alike = figure(runs(11, 1.03), runs(12, 1.0));
    let alone = compare_unpaired(std::slice::from_ref(&alike))[0].unwrap();
    assert_eq!(alone.outcome, Outcome::NoDetectableDifference);
    for few in [0, 7] {
        let other = figure(runs(12, 1.0), runs(few, 1.0));
        let beside = compare_unpaired(&[alike.clone(), other])[0].unwrap();
        assert_eq!(beside.outcome, alone.outcome, "{few}: {beside:?}");
        let (low, high) = beside.interval.unwrap();
        assert!(low < 1.0 && high > 1.05, "{few}: {beside:?}");
    }
}

#[test]
fn sessions_that_are_alike_are_called_different_in_at_most_5_of_100() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    let mut said = 0;
    for _ in 0..100 {
        let mut figures = || -> Vec<f64> {
            let figure = |_| 1.0 + (0..12).map(|_| random.random::<f64>()).sum::<f64>() / 100.0;
            (0..8).map(figure).collect()
        };
        let all: Vec<Unpaired> = (0..40)
            .map(|_| Unpaired {
                scale: Scale::Ratio,
                ours: figures(),
                theirs: figures(),
            })
            .collect();
        let verdicts = compare_unpaired(&all);
        let differs =
            |verdict: &Option<Verdict>| verdict.unwrap().outcome != Outcome::NoDetectableDifference;
        said += usize::from(verdicts.iter().any(differs));
    }
    assert!(said <= 5, "{said} of 100");
}

fn pair(rounds: impl Iterator<Item = f64>) -> Pair {
    Pair {
        group: 0,
        figure: 0,
        engines: [0, 1],
        scale: Scale::Ratio,
        rounds: rounds.map(|ratio| Some(f64::ln(ratio))).collect(),
        with_reference: true,
    }
}

fn outcome(pair: Pair) -> Outcome {
    compare(&[pair])[0].unwrap().outcome
}
