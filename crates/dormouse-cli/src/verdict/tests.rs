//! The statistics on figures whose truth is known.

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
    let one = rounds([1.0; 4].into_iter());
    let ten = rounds([10.0; 4].into_iter());
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
