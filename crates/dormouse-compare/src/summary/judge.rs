//! The verdicts on all rows of a session.

use std::collections::BTreeMap;

use dormouse_verdict::{Outcome, Pair, Scale, Verdict, compare};

use crate::engine::Kind;
use crate::figures::{Better, Figure};
use crate::report::{Beaten, Row, Session, Versus};
use crate::summary::is_ranked;

impl Session {
    /// Compares all pairs of engines of all groups by all ranked figures, as one family.
    pub(super) fn judge(&mut self) {
        let rounds = self.round_seeds.len();
        let mut pairs = Vec::new();
        let mut names = Vec::new();
        let mut first = 0;
        for (number, rows) in self.groups().enumerate() {
            for (place, figure) in self.about(&rows[0]).ranked().enumerate() {
                for left in 0..rows.len() {
                    for right in left + 1..rows.len() {
                        let sides = [&rows[left], &rows[right]];
                        let with_reference = sides.iter().any(|row| self.is_reference(row));
                        let is_control = sides.iter().any(|row| row.engine.kind == Kind::Control);
                        if sides.iter().any(|row| row.failure.is_some())
                            || is_control && !with_reference
                        {
                            continue;
                        }
                        if let Some((scale, rounds)) = differences(sides, figure, rounds) {
                            pairs.push(Pair {
                                group: number,
                                figure: place,
                                engines: [left, right],
                                scale,
                                rounds,
                                with_reference,
                            });
                            names.push((first + left, first + right, figure.clone()));
                        }
                    }
                }
            }
            first += rows.len();
        }
        let verdicts = compare(&pairs);
        for row in &mut self.engines {
            (row.versus, row.beats) = (None, BTreeMap::new());
        }
        for ((left, right, figure), verdict) in names.into_iter().zip(verdicts) {
            // A verdict compares the right engine with the left one.
            if let Some(verdict) = verdict {
                self.set_versus([right, left], &figure, verdict);
                self.set_beats([right, left], &figure, verdict);
            }
        }
        self.set_bests();
    }

    /// Sets the verdict of one row against the other if either is the reference of their group.
    fn set_versus(&mut self, [one, other]: [usize; 2], figure: &Figure, verdict: Verdict) {
        let (row, reference, verdict) = if self.is_reference(&self.engines[other]) {
            (one, other, verdict)
        } else if self.is_reference(&self.engines[one]) {
            (other, one, verdict.reversed())
        } else {
            return;
        };
        let reference = self.engines[reference].engine.name.clone();
        let versus = self.engines[row].versus.get_or_insert_with(|| Versus {
            reference,
            verdicts: BTreeMap::new(),
        });
        versus.verdicts.insert(figure.key.clone(), verdict);
    }

    /// Sets which of two ranked rows is proven better than the other, if either is.
    fn set_beats(&mut self, [one, other]: [usize; 2], figure: &Figure, verdict: Verdict) {
        let (row, place, verdict) = match (verdict.outcome, figure.better) {
            (Outcome::NoDetectableDifference, _) => return,
            (Outcome::Less, Better::Less) | (Outcome::More, Better::More) => {
                (one, other, verdict.reversed())
            }
            _ => (other, one, verdict),
        };
        if [row, place]
            .iter()
            .all(|row| is_ranked(&self.engines[*row]))
        {
            let beats = &mut self.engines[row].beats;
            let beaten = beats.entry(figure.key.clone()).or_default();
            beaten.push(Beaten { place, verdict });
        }
    }

    /// Marks the best rows of each group by each figure; none if the group has no order that holds, or
    /// if the reference differs from itself.
    fn set_bests(&mut self) {
        let mut bests = vec![Vec::new(); self.engines.len()];
        let mut first = 0;
        for rows in self.groups() {
            for figure in self.about(&rows[0]).ranked() {
                if self.control_differs(&rows[0].workload, &figure.key) {
                    continue;
                }
                let is_able = |row: &Row| is_ranked(row) && row.median(figure).is_some();
                let able =
                    (first..first + rows.len()).filter(|place| is_able(&self.engines[*place]));
                let able: Vec<usize> = able.collect();
                let beaten = |row: &usize| self.engines[*row].beats.get(&figure.key);
                let pairs = able.iter().flat_map(|row| {
                    let beaten = beaten(row).into_iter().flatten();
                    beaten.map(|beaten| [*row, beaten.place])
                });
                for place in best(&able, &pairs.collect::<Vec<_>>()) {
                    bests[place].push(figure.key.clone());
                }
            }
            first += rows.len();
        }
        for (row, best_by) in self.engines.iter_mut().zip(bests) {
            row.best_by = best_by;
        }
    }
}

/// The smallest set of rows each of which is proven better than each row outside of it; none if
/// that is all of them. `better` has the proven pairs, the better row first.
///
/// So no row is among the best while another, from which it can't be told, is not.
fn best(able: &[usize], better: &[[usize; 2]]) -> Vec<usize> {
    let beats = |better_one: usize, worse_one: usize| better.contains(&[better_one, worse_one]);
    let mut best: Vec<usize> = Vec::new();
    loop {
        let next = able.iter().copied().find(|row| {
            let is_beaten = able.iter().any(|other| beats(*other, *row));
            let is_worse_than_all = best.iter().all(|other| beats(*other, *row));
            !best.contains(row) && (!is_beaten || !best.is_empty() && !is_worse_than_all)
        });
        match next {
            Some(row) => best.push(row),
            None if best.len() == able.len() => return Vec::new(),
            None => return best,
        }
    }
}

/// The right row's figure against the left row's in each round; none if they share no round.
fn differences(
    [left, right]: [&Row; 2],
    figure: &Figure,
    rounds: usize,
) -> Option<(Scale, Vec<Option<f64>>)> {
    let key = &figure.key;
    let scale = Scale::of(right.values(key).into_iter(), &left.values(key));
    let mut differences = vec![None; rounds];
    for (round, ours) in right.figures() {
        let mut theirs = left.figures().filter(|(other, _)| *other == round);
        differences[round] = theirs.find_map(|(_, theirs)| {
            Some(scale.place(ours.get(key)?) - scale.place(theirs.get(key)?))
        });
    }
    let is_known = differences.iter().any(Option::is_some);
    is_known.then_some((scale, differences))
}

#[cfg(test)]
mod tests {
    use super::best;

    const NONE: [usize; 0] = [];

    #[test]
    fn the_best_are_told_from_each_of_the_others() {
        assert_eq!(best(&[0, 1, 2], &[]), NONE);
        assert_eq!(best(&[0, 1, 2], &[[1, 0], [1, 2]]), [1]);
        assert_eq!(best(&[0, 1, 2], &[[0, 2], [1, 2]]), [0, 1]);
    }

    #[test]
    fn one_that_cannot_be_told_from_one_of_the_best_is_one_of_them() {
        // 2 is worse than 0, but not told from 1: all are left, so none is named.
        assert_eq!(best(&[0, 1, 2], &[[0, 2]]), NONE);
        assert_eq!(
            best(&[0, 1, 2, 3], &[[0, 2], [0, 3], [1, 3], [2, 3]]),
            [0, 1, 2]
        );
        // So is one that is better than one of the best.
        let better = [[0, 2], [2, 1], [0, 3], [1, 3], [2, 3]];
        assert_eq!(best(&[0, 1, 2, 3], &better), [0, 1, 2]);
    }
}
