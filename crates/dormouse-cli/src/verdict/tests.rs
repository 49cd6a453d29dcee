//! The statistics on figures whose truth is known.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::*;

fn rounds(figures: impl Iterator<Item = f64>) -> Vec<(usize, f64)> {
    figures.enumerate().collect()
}

#[test]
fn a_clear_difference_is_found_and_its_way_round() {
    let one = rounds((0..10).map(|round| 1.0 + f64::from(round) / 100.0));
    let half = rounds((0..10).map(|round| 0.5 + f64::from(round) / 300.0));
    assert_eq!(compare(&half, &one).unwrap().word, Word::Less);
    assert_eq!(compare(&one, &half).unwrap().word, Word::More);
    assert_eq!(
        compare(&one, &one).unwrap().word,
        Word::NoDetectableDifference
    );
}

#[test]
fn a_difference_in_half_of_the_rounds_is_none() {
    let one = rounds((0..10).map(|_| 1.0));
    let now_and_then = rounds((0..10).map(|round| if round % 2 == 0 { 0.7 } else { 1.4 }));
    assert_eq!(
        compare(&now_and_then, &one).unwrap().word,
        Word::NoDetectableDifference
    );
}

#[test]
fn few_rounds_tell_nothing() {
    let one = rounds([1.0; 6].into_iter());
    let ten = rounds([10.0; 6].into_iter());
    assert_eq!(
        compare(&ten, &one).unwrap().word,
        Word::NoDetectableDifference
    );
    assert_eq!(compare(&[], &one), None);
}

#[test]
fn rounds_are_paired_by_their_number() {
    let ours = [
        (0, 1.0),
        (1, 10.0),
        (2, 100.0),
        (3, 1.0),
        (4, 10.0),
        (5, 7.0),
    ];
    let theirs = [(4, 10.0), (3, 1.0), (2, 100.0), (1, 10.0), (0, 1.0)];
    let verdict = compare(&ours, &theirs).unwrap();
    assert_eq!(
        (verdict.ratio, verdict.word),
        (1.0, Word::NoDetectableDifference)
    );
}

/// What a session of so many rounds says of an engine that is so much slower than the reference.
///
/// The noise is that of a shared virtual machine: from one round to the next the ratio of two
/// equal engines strays by 4.6 %, which is the middle of what was seen of CPU, memory and median
/// lateness over forty rounds, and a figure by three times as much once in twenty rounds.
fn session(random: &mut Xoshiro256PlusPlus, rounds: usize, slower: f64) -> (Word, Word) {
    let mut figure = |scale: f64, drift: f64| {
        // Twelve uniform numbers make a normal one.
        let normal = (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
        let stray = if random.random_bool(0.05) { 3.0 } else { 1.0 };
        scale * drift * (0.046 / f64::sqrt(2.0) * stray * normal).exp()
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        // The machine has slow rounds and fast ones, for both engines alike.
        let drift = 1.0 + 0.5 * (round as f64).sin();
        ours.push((round, figure(slower, drift)));
        theirs.push((round, figure(1.0, drift)));
    }
    let paired = compare(&ours, &theirs).unwrap().word;
    let figures = |runs: &[(usize, f64)]| -> Vec<f64> { runs.iter().map(|run| run.1).collect() };
    (
        paired,
        compare_apart(&figures(&ours), &figures(&theirs))
            .unwrap()
            .word,
    )
}

#[test]
fn five_percent_are_found_in_95_of_100_sessions() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
    let found = (0..1000)
        .filter(|_| session(&mut random, 20, 1.05).0 == Word::More)
        .count();
    assert!(found >= 950, "{found} of 1000");
    let found = (0..1000)
        .filter(|_| session(&mut random, 20, 1.0 / 1.05).0 == Word::Less)
        .count();
    assert!(found >= 950, "{found} of 1000");
}

#[test]
fn equal_engines_are_called_different_in_at_most_5_of_100_sessions() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(2);
    for rounds in [7, 8, 20] {
        let (mut paired, mut apart) = (0, 0);
        for _ in 0..1000 {
            let words = session(&mut random, rounds, 1.0);
            paired += i32::from(words.0 != Word::NoDetectableDifference);
            apart += i32::from(words.1 != Word::NoDetectableDifference);
        }
        assert!(
            paired <= 50 && apart <= 50,
            "{paired} and {apart} of 1000, {rounds} rounds"
        );
    }
}

/// The negative control: without pairing, the drift of the machine hides what is slower.
#[test]
fn figures_that_are_not_paired_miss_five_percent() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
    let found = (0..1000)
        .filter(|_| session(&mut random, 20, 1.05).1 == Word::More)
        .count();
    assert!(found < 300, "{found} of 1000");
}

#[test]
fn sessions_apart_differ_where_all_of_one_is_beyond_the_other() {
    let ours: Vec<f64> = (0..8).map(|round| 2.0 + f64::from(round) / 100.0).collect();
    let theirs: Vec<f64> = (0..8).map(|round| 1.0 + f64::from(round) / 100.0).collect();
    let verdict = compare_apart(&ours, &theirs).unwrap();
    assert_eq!(verdict.word, Word::More);
    let (low, high) = verdict.interval.unwrap();
    assert!(low > 1.9 && high < 2.1, "{verdict:?}");
    assert_eq!(compare_apart(&[], &theirs), None);
}
