//! How far the ends of an interval lie from the ends of what was measured, so that chance alone
//! leaves it in at most 3 of 100 cases.

/// The share of cases at either end.
///
/// Smaller than usual: a session compares some seventy pairs of figures.
const TAIL: f64 = 0.015;

/// How many means of pairs, of so many rounds, lie outside of the interval at either end; none
/// where even all of them would be too sure.
///
/// Exact for as many rounds as anybody runs, by counting the sums of ranks that the signs of the
/// rounds may have; normal beyond.
///
/// Source: F. Wilcoxon, Individual Comparisons by Ranking Methods, Biometrics Bulletin 1(6), 1945.
pub(super) fn signed_rank(rounds: usize) -> Option<usize> {
    let most = rounds * (rounds + 1) / 2;
    if rounds > 100 {
        let variance = (most * (2 * rounds + 1)) as f64 / 12.0;
        return Some(normal(most, variance));
    }
    // The chance of each sum of ranks: every rank is in it or not.
    let mut chance = vec![0.0; most + 1];
    chance[0] = 1.0;
    for rank in 1..=rounds {
        for sum in (0..=most).rev() {
            let with = if sum >= rank { chance[sum - rank] } else { 0.0 };
            chance[sum] = f64::midpoint(chance[sum], with);
        }
    }
    outside(&chance)
}

/// The same of the differences of all pairs, of so many rounds of one session and of another.
///
/// Source: H. B. Mann, D. R. Whitney, On a Test of Whether one of Two Random Variables is
/// Stochastically Larger than the Other, Annals of Mathematical Statistics 18(1), 1947.
pub(super) fn rank_sum(ours: usize, theirs: usize) -> Option<usize> {
    let most = ours * theirs;
    if ours.max(theirs) > 100 {
        let variance = (most * (ours + theirs + 1)) as f64 / 12.0;
        return Some(normal(most, variance));
    }
    // The chance of each number of pairs in which ours is the larger, for ever more of ours and
    // theirs: the largest of all is ours or theirs.
    let mut chances = vec![vec![1.0]; theirs + 1];
    for i in 1..=ours {
        let mut row = vec![vec![1.0]];
        for j in 1..=theirs {
            let of_ours = i as f64 / (i + j) as f64;
            let mut chance = vec![0.0; i * j + 1];
            // Ours is larger than all of theirs.
            for (pairs, less) in chances[j].iter().enumerate() {
                chance[pairs + j] += of_ours * less;
            }
            for (pairs, less) in row[j - 1].iter().enumerate() {
                chance[pairs] += (1.0 - of_ours) * less;
            }
            row.push(chance);
        }
        chances = row;
    }
    outside(&chances[theirs])
}

/// How many of the least outcomes have a chance of no more than the tail's, together.
fn outside(chance: &[f64]) -> Option<usize> {
    let mut sum = 0.0;
    let least = chance.iter().take_while(|chance| {
        sum += **chance;
        sum <= TAIL
    });
    // As many outcomes are left out, so that the next is the interval's end.
    match least.count() {
        0 => None,
        outcomes => Some(outcomes),
    }
}

fn normal(most: usize, variance: f64) -> usize {
    let below = most as f64 / 2.0 - 2.17 * variance.sqrt();
    below.max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every set of signs that rounds may have, and the sum of its ranks.
    #[test]
    fn signs_counted_one_by_one() {
        for rounds in 0..15_usize {
            let sum = |signs: u32| {
                (0..rounds)
                    .filter(|bit| signs >> bit & 1 == 1)
                    .map(|bit| bit + 1)
                    .sum()
            };
            check((0..1 << rounds).map(sum).collect(), signed_rank(rounds));
        }
    }

    /// Every way in which the rounds of two sessions may lie among one another.
    #[test]
    fn orders_counted_one_by_one() {
        for (ours, theirs) in [(0, 3), (3, 3), (4, 4), (5, 4), (4, 7), (6, 6), (8, 7)] {
            let orders = (0_u32..1 << (ours + theirs)).filter(|order| order.count_ones() == ours);
            let pairs = |order: u32| {
                let (mut below, mut pairs) = (0, 0);
                for place in 0..ours + theirs {
                    match order >> place & 1 {
                        1 => pairs += below,
                        _ => below += 1,
                    }
                }
                pairs
            };
            let outside = rank_sum(ours as usize, theirs as usize);
            check(orders.map(pairs).collect(), outside);
        }
    }

    /// What is left out has a chance of no more than the tail's, and one more has more.
    fn check(mut outcomes: Vec<usize>, outside: Option<usize>) {
        outcomes.sort_unstable();
        let chance = |most: usize| {
            let less = outcomes.partition_point(|outcome| *outcome <= most);
            less as f64 / outcomes.len() as f64
        };
        match outside {
            Some(outside) => {
                assert!(chance(outside - 1) <= TAIL, "{outside}");
                assert!(chance(outside) > TAIL, "{outside}");
            }
            None => assert!(chance(0) > TAIL),
        }
    }

    #[test]
    fn many_rounds_go_by_the_normal_curve() {
        // Both of them just below and just above where the counting ends.
        let near = |exact: Option<usize>, normal: Option<usize>| {
            let (exact, normal) = (exact.unwrap() as f64, normal.unwrap() as f64);
            assert!((normal / exact - 1.0).abs() < 0.04, "{exact} {normal}");
        };
        near(signed_rank(100), signed_rank(101));
        near(rank_sum(100, 30), rank_sum(101, 30));
    }
}
