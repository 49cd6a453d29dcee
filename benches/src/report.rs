//! The tables.

use std::collections::BTreeMap;

use comfy_table::{CellAlignment, Table, presets};

use crate::engines::Engine;
use crate::measure::Figures;
use crate::targets::{Bytes, Overhead, Target};

/// The figures of each engine by its name, round after round; `None` where a run has failed.
pub type Results = BTreeMap<String, Vec<Option<Figures>>>;

/// The figures of each engine, the medians over its rounds.
#[must_use]
pub fn figures(engines: &[Engine], results: &Results) -> Table {
    let mut table = table([
        "engine",
        "B / wait",
        "CPU s",
        "overhead ms",
        "out of order",
        "rounds",
    ]);
    for engine in engines {
        let name = engine.name();
        let runs: Vec<Figures> = results[&name].iter().copied().flatten().collect();
        if runs.is_empty() {
            table.add_row([&name, "-", "-", "-", "-", "0"]);
            continue;
        }
        let median = |figure: fn(&Figures) -> f64| median(runs.iter().map(figure).collect());
        table.add_row([
            name,
            format!("{:.0}", median(Figures::bytes_per_wait)),
            format!("{:.2}", median(|run| run.cpu_s())),
            format!("{:.1}", median(|run| 1e3 * run.overhead_s())),
            format!("{:.0}", median(|run| run.out_of_order as f64)),
            runs.len().to_string(),
        ]);
    }
    table
}

/// Each of ours against its peer, and against its target.
#[must_use]
pub fn ratios(results: &Results) -> Table {
    let mut table = table(["ours", "peer", "memory", "CPU", "overhead", "target"]);
    for target in Target::all() {
        let ours = Engine::Ours(target.function, target.on).name();
        let peer = target.peer.unwrap_or("-");
        // What was not chosen has no results at all; what has failed has results without figures.
        let chosen = |name: &str| results.contains_key(name);
        if !chosen(&ours) || !target.peer.is_none_or(chosen) {
            continue;
        }
        let Some(runs) = pairs(results, &ours, target.peer) else {
            table.add_row([&ours, peer, "-", "-", "-", "no figures"]);
            continue;
        };
        let memory = match target.bytes {
            Bytes::AtMost(most) => {
                Held::new("B", most, &runs, |ours, _| Some(ours.bytes_per_wait()))
            }
            Bytes::Ratio(most) => Held::new("x", most, &runs, |ours, peer| {
                Some(ours.bytes_per_wait() / peer?.bytes_per_wait())
            }),
        };
        let cpu = target.cpu.map(|most| {
            Held::new("x", most, &runs, |ours, peer| {
                Some(ours.cpu_s() / peer?.cpu_s())
            })
        });
        let overhead = match target.overhead {
            Overhead::AtMost(most) => {
                Held::new("s", most, &runs, |ours, _| Some(ours.overhead_s()))
            }
            Overhead::Ratio(most) => Held::new("x", most, &runs, |ours, peer| {
                Some(ours.overhead_s() / peer?.overhead_s())
            }),
        };
        let held = [Some(memory), cpu, Some(overhead)];
        let met = held.iter().flatten().all(|held| held.met());
        let [memory, cpu, overhead] = held.map(|held| held.map_or("-".into(), |held| held.show()));
        let verdict = if met { "met" } else { "MISSED" };
        table.add_row([&ours, peer, &memory, &cpu, &overhead, verdict]);
    }
    table
}

/// The middle one, or the mean of the two in the middle; NaN of none.
#[must_use]
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let half = figures.len() / 2;
    match figures.len() {
        0 => f64::NAN,
        n if n % 2 == 0 => f64::midpoint(figures[half - 1], figures[half]),
        _ => figures[half],
    }
}

/// The figure that this part of the ascending figures does not exceed; NaN of none.
#[must_use]
pub fn quantile(ascending: &[f64], part: f64) -> f64 {
    let rank = (part * ascending.len() as f64).ceil() as usize;
    let figure = ascending.get(rank.saturating_sub(1));
    figure.copied().unwrap_or(f64::NAN)
}

/// An empty table, which is Markdown too, with its numbers to the right.
#[must_use]
pub fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The runs of both in the same rounds; `None` if there is not one.
fn pairs(
    results: &Results,
    ours: &str,
    peer: Option<&str>,
) -> Option<Vec<(Figures, Option<Figures>)>> {
    let ours = results.get(ours)?.iter();
    let runs: Vec<_> = match peer {
        Some(peer) => ours
            .zip(results.get(peer)?)
            .filter_map(|(ours, peer)| Some(((*ours)?, Some((*peer)?))))
            .collect(),
        None => ours.filter_map(|ours| Some(((*ours)?, None))).collect(),
    };
    (!runs.is_empty()).then_some(runs)
}

/// A figure held against the most that it may be.
struct Held {
    figure: f64,
    most: f64,
    unit: &'static str,
}

impl Held {
    fn new(
        unit: &'static str,
        most: f64,
        runs: &[(Figures, Option<Figures>)],
        figure: impl Fn(&Figures, Option<&Figures>) -> Option<f64>,
    ) -> Self {
        let figures = runs
            .iter()
            .filter_map(|(ours, peer)| figure(ours, peer.as_ref()));
        Self {
            figure: median(figures.collect()),
            most,
            unit,
        }
    }

    fn met(&self) -> bool {
        self.figure <= self.most
    }

    fn show(&self) -> String {
        let Self { figure, most, unit } = self;
        let precision = if *unit == "B" { 0 } else { 2 };
        let sign = if self.met() { "<=" } else { "> " };
        format!("{figure:.precision$} {unit} {sign} {most}")
    }
}
