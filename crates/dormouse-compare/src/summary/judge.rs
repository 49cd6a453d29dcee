//! The verdicts on all rows of a session.

use crate::engine::Kind;
use crate::figures::{Better, Figure};
use crate::report::{Row, Session, Versus};
use crate::summary::is_ranked;
use crate::verdict::{self, Outcome, Pair, Scale, Verdict};

impl Session {
    /// Compares all pairs of engines of all groups by all ranked figures, as one family.
    pub(super) fn judge(&mut self) {
        let rounds = self.round_seeds.len();
        let mut pairs = Vec::new();
        let mut names = Vec::new();
        let mut first = 0;
        for (number, rows) in self.groups().enumerate() {
            let reference = self.reference(rows).map(|row| row.engine.name.clone());
            let about = self.about(&rows[0]);
            let figures = about.iter().flat_map(|about| about.ranked());
            for (place, figure) in figures.enumerate() {
                for left in 0..rows.len() {
                    for right in left + 1..rows.len() {
                        let sides = [&rows[left], &rows[right]];
                        let is = |row: &Row| reference.as_ref() == Some(&row.engine.name);
                        let with_reference = sides.iter().any(|row| is(row));
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
        let verdicts = verdict::compare(&pairs);
        for row in &mut self.engines {
            (row.versus, row.best_by) = (None, Vec::new());
        }
        self.set_versus(&names, &verdicts);
        self.set_bests(&names, &verdicts);
    }

    /// Sets the verdicts of each row against the reference of its group.
    fn set_versus(&mut self, names: &[(usize, usize, Figure)], verdicts: &[Option<Verdict>]) {
        for ((left, right, figure), verdict) in names.iter().zip(verdicts) {
            let Some(verdict) = verdict else { continue };
            let is = |number: usize, session: &Self| {
                let row = &session.engines[number];
                row.engine.kind == Kind::Runtime && row.engine.runtime == session.settings.reference
            };
            // A verdict compares the right engine with the left one.
            let (row, reference, verdict) = if is(*left, self) {
                (*right, *left, *verdict)
            } else if is(*right, self) {
                (*left, *right, verdict.reversed())
            } else {
                continue;
            };
            let reference = self.engines[reference].engine.name.clone();
            let versus = self.engines[row].versus.get_or_insert_with(|| Versus {
                reference,
                verdicts: Default::default(),
            });
            versus.verdicts.insert(figure.key.clone(), verdict);
        }
    }

    /// Marks the rows that none is proven better than, in groups where some row is proven worse.
    fn set_bests(&mut self, names: &[(usize, usize, Figure)], verdicts: &[Option<Verdict>]) {
        let mut beaten = vec![Vec::new(); self.engines.len()];
        for ((left, right, figure), verdict) in names.iter().zip(verdicts) {
            let outcome = verdict.map(|verdict| verdict.outcome);
            let is_control = [left, right]
                .iter()
                .any(|number| self.engines[**number].engine.kind == Kind::Control);
            let worse = match (outcome, figure.better) {
                (Some(Outcome::Less), Better::Less) | (Some(Outcome::More), Better::More) => *left,
                (Some(Outcome::More), Better::Less) | (Some(Outcome::Less), Better::More) => *right,
                _ => continue,
            };
            if !is_control {
                beaten[worse].push(figure.key.clone());
            }
        }
        let mut first = 0;
        let mut bests = vec![Vec::new(); self.engines.len()];
        for rows in self.groups() {
            let places = first..first + rows.len();
            let about = self.about(&rows[0]);
            for figure in about.iter().flat_map(|about| about.ranked()) {
                let is_told = places
                    .clone()
                    .any(|place| beaten[place].contains(&figure.key));
                for place in places.clone().filter(|_| is_told) {
                    let row = &self.engines[place];
                    let is_able = is_ranked(row) && row.median(figure).is_some();
                    if is_able && !beaten[place].contains(&figure.key) {
                        bests[place].push(figure.key.clone());
                    }
                }
            }
            first += rows.len();
        }
        for (row, best_by) in self.engines.iter_mut().zip(bests) {
            row.best_by = best_by;
        }
    }
}

/// The right row's figure against the left row's in each round; none if they share no round.
fn differences(
    [left, right]: [&Row; 2],
    figure: &Figure,
    rounds: usize,
) -> Option<(Scale, Vec<Option<f64>>)> {
    let (ours, theirs) = (right.each(&figure.key), left.each(&figure.key));
    let values: Vec<f64> = theirs.iter().map(|(_, figure)| *figure).collect();
    let scale = Scale::of(ours.iter().map(|(_, figure)| *figure), &values);
    let mut differences = vec![None; rounds];
    for (round, ours) in &ours {
        if let Some((_, theirs)) = theirs.iter().find(|(other, _)| other == round)
            && let Some(place) = differences.get_mut(*round)
        {
            *place = Some(scale.place(*ours) - scale.place(*theirs));
        }
    }
    let is_known = differences.iter().any(Option::is_some);
    is_known.then_some((scale, differences))
}
