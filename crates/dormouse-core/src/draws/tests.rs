//! The delays are uniform, and a seed determines them.

use std::time::Duration;

use super::*;

fn draws(max_nanos: u64, seed: u64) -> impl Iterator<Item = u64> {
    Draws::new(Duration::from_nanos(max_nanos).into(), seed)
}

/// Pearson's chi-squared sum over this many classes of equal width.
fn chi_square(max_nanos: u64, classes: u64, draws: impl Iterator<Item = u64>) -> f64 {
    let mut counts = vec![0_u32; classes as usize];
    let mut all = 0_u32;
    let width = u128::from(max_nanos) + 1;
    for draw in draws {
        counts[(u128::from(draw) * u128::from(classes) / width) as usize] += 1;
        all += 1;
    }
    let expected = f64::from(all) / classes as f64;
    let deviation = |&count: &u32| (f64::from(count) - expected).powi(2) / expected;
    counts.iter().map(deviation).sum()
}

/// The sum that one uniform sample in a thousand exceeds, for 99 degrees of freedom.
const LIMIT: f64 = 148.23;

#[test]
fn delays_are_spread_evenly() {
    // Ranges that are not a power of two, one that is, and the largest.
    for max_nanos in [
        999,
        10_000_000_000 - 1,
        10_000_000_000,
        (1 << 40) - 1,
        u64::MAX,
    ] {
        for seed in 0..3 {
            let sum = chi_square(max_nanos, 100, draws(max_nanos, seed).take(100_000));
            assert!(sum < LIMIT, "{sum} for {max_nanos} ns from seed {seed}");
            assert!(sum > 50.0, "{sum} is too even to be random");
        }
    }
}

#[test]
fn an_uneven_spread_is_caught() {
    let max_nanos = 10_000_000_000;
    // Draws clipped at 98 % of the range, and squared draws.
    let clipped = draws(max_nanos, 1).map(|draw| draw.min(max_nanos / 100 * 98));
    assert!(chi_square(max_nanos, 100, clipped.take(100_000)) > LIMIT);
    let squared = draws(99_999, 1).map(|draw| draw * draw);
    assert!(chi_square(max_nanos, 100, squared.take(100_000)) > LIMIT);
}

#[test]
fn both_ends_are_drawn() {
    for max_nanos in 0..=3 {
        let mut counts = vec![0_u32; max_nanos as usize + 1];
        draws(max_nanos, 1)
            .take(100_000)
            .for_each(|draw| counts[draw as usize] += 1);
        let expected = 100_000 / (max_nanos as u32 + 1);
        assert!(
            counts.iter().all(|count| count.abs_diff(expected) < 1_000),
            "{counts:?}"
        );
    }
}

#[test]
fn one_draw_says_nothing_of_the_next() {
    let max_nanos = 1_000_000_000;
    let row: Vec<_> = draws(max_nanos, 1).take(100_001).collect();
    // Ten classes for each draw of a pair: 100 classes of pairs, of the same size.
    let class = |draw: u64| draw * 10 / (max_nanos + 1);
    let pairs = row
        .windows(2)
        .map(|pair| class(pair[0]) * 10 + class(pair[1]));
    let sum = chi_square(99, 100, pairs);
    assert!(sum < LIMIT, "{sum}");
}

#[test]
fn a_seed_gives_its_row_for_ever() {
    let row = |max_nanos, seed| draws(max_nanos, seed).take(4).collect::<Vec<_>>();
    // xoshiro256++ seeded by splitmix64; a delay is the upper half of the product with the width.
    assert_eq!(
        row(10_000_000_000, 0),
        [3_245_752_680, 3_822_392_965, 3_596_172_076, 114_555_089]
    );
    assert_eq!(
        row(10_000_000_000, 1),
        [8_116_121_589, 7_471_047_162, 1_001_509_035, 7_462_168_706]
    );
    assert_eq!(
        row(10_000_000_000, u64::MAX),
        [3_390_651_230, 9_004_750_409, 8_902_848_746, 2_736_678_890]
    );
    assert_eq!(
        row(250_000_000, 42),
        [203_576_287, 79_705_260, 245_973_543, 175_283_900]
    );
    assert_eq!(
        row(u64::MAX, 7),
        [
            1_021_219_803_524_665_661,
            3_174_977_118_032_272_916,
            13_236_943_193_235_544_178,
            7_880_630_202_246_103_356
        ]
    );
}

#[test]
fn a_clone_draws_the_same_again() {
    let mut draws = Draws::new(MaxDelay::MAX, any_seed());
    draws.next();
    let again: Vec<_> = draws.clone().take(100).collect();
    assert_eq!(draws.take(100).collect::<Vec<_>>(), again);
}

#[test]
fn without_a_seed_every_row_is_another() {
    let row = || {
        Draws::new(MaxDelay::MAX, any_seed())
            .take(4)
            .collect::<Vec<_>>()
    };
    assert_ne!(row(), row());
}
