//! Plots as SVG. Their colours are placeholders: the style sheet of the page replaces them, for the
//! light and the dark scheme.

use maud::{Markup, PreEscaped};
use plotters::coord::ranged1d::SegmentValue;
use plotters::prelude::*;

use crate::error::Error;
use crate::export::plots::ticks::{decades, range, ticks};
use crate::figures::{Figure, Lateness};
use crate::report::Row;
use crate::units;

mod ticks;

/// How many colours the page has for engines; lines of one colour differ in their dashes.
pub(super) const COLOURS: usize = 10;

/// The placeholder for the colour and the dashes of an engine.
pub(super) fn colour(number: usize) -> RGBColor {
    RGBColor(1, (number / COLOURS) as u8, (number % COLOURS) as u8)
}

/// The placeholders for the colours of text and of grid lines.
pub(super) const INK: RGBColor = RGBColor(2, 0, 0);
pub(super) const FAINT: RGBColor = RGBColor(2, 0, 1);

/// The number of an engine, which gives its colour, and its points.
type Series = (usize, Vec<(f64, f64)>);

/// The number and the name of an engine, its ratio, and the interval of that.
type Bar = (usize, String, f64, (f64, f64));

/// The distribution of lateness, a curve for each engine; none if no engine has a lateness.
pub(super) fn lateness(rows: &[(usize, &Row)]) -> Result<Option<Markup>, Error> {
    let mut series = Vec::new();
    for (number, row) in rows {
        let all = Lateness::merged(row.figures().map(|(_, figures)| &figures.lateness));
        let count = all.count();
        if count == 0 {
            continue;
        }
        // At `rare`, one wait in so many is later.
        let most = (count as f64).max(10.0);
        let steps = (0..=60).map(|step| most.powf(f64::from(step) / 60.0));
        let points = steps.map(|rare| {
            let late = all.quantile(1.0 - 1.0 / rare).unwrap_or_default();
            (rare, late.max(1e-9))
        });
        series.push((*number, points.collect()));
    }
    let share = |rare: f64| format!("{} %", (100.0 - 100.0 / rare).max(0.0));
    let x_title = "share of waits no later than this";
    lines(&series, (x_title, share), units::seconds, false)
}

/// A figure by n, a line for each engine; none if no engine has the figure.
pub(super) fn by_n(
    engines: &[(usize, Vec<&Row>)],
    figure: &Figure,
) -> Result<Option<Markup>, Error> {
    let series: Vec<Series> = engines
        .iter()
        .map(|(number, rows)| {
            let points = rows
                .iter()
                .filter_map(|row| Some((row.n as f64, row.median(figure)?.max(1e-9))));
            (*number, points.collect())
        })
        .filter(|(_, points): &Series| !points.is_empty())
        .collect();
    let x: (_, fn(f64) -> _) = ("at once (n)", |n| units::count(n.round()));
    lines(&series, x, |value| figure.text(value), true)
}

/// The ratios to the reference with their intervals, a line for each engine; none without a ratio.
pub(super) fn ratios(
    rows: &[(usize, &Row)],
    figure: &Figure,
    reference: &str,
) -> Result<Option<Markup>, Error> {
    let verdicts: Vec<Bar> = rows
        .iter()
        .filter_map(|(number, row)| {
            let verdict = row.verdict(&figure.key)?;
            let (number, name) = (*number, row.engine.line());
            Some((number, name, verdict.ratio?, verdict.interval?))
        })
        .collect();
    if verdicts.is_empty() {
        return Ok(None);
    }
    let ends = verdicts
        .iter()
        .flat_map(|(_, _, _, (low, high))| [*low, *high]);
    let (low, high) = range(ends.chain([1.0]));
    let count = verdicts.len();
    let x = (low..high).log_scale().with_key_points(ticks(low, high, 5));
    let title = format!("{} relative to {reference}", figure.title);
    let name = |line: &SegmentValue<usize>| match line {
        SegmentValue::CenterOf(line) if *line < count => verdicts[count - 1 - line].1.clone(),
        _ => String::new(),
    };
    draw(80 + 28 * count as u32, |root| {
        let mut chart = ChartBuilder::on(root)
            .margin(8)
            .margin_right(24)
            .x_label_area_size(52)
            .y_label_area_size(176)
            .build_cartesian_2d(x, (0..count).into_segmented())?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .y_labels(count)
            .y_label_formatter(&name)
            .x_label_formatter(&|ratio: &f64| units::ratio(*ratio))
            .x_desc(&title)
            .label_style(words())
            .axis_style(FAINT)
            .bold_line_style(FAINT)
            .light_line_style(TRANSPARENT)
            .draw()?;
        let even = [
            (1.0, SegmentValue::Exact(0)),
            (1.0, SegmentValue::Exact(count)),
        ];
        chart.draw_series([PathElement::new(even.to_vec(), INK.stroke_width(1))])?;
        let bars = verdicts.iter().enumerate();
        chart.draw_series(bars.map(|(place, (number, _, ratio, (low, high)))| {
            ErrorBar::new_horizontal(
                SegmentValue::CenterOf(count - 1 - place),
                *low,
                *ratio,
                *high,
                colour(*number).stroke_width(3).filled(),
                9,
            )
        }))?;
        Ok(())
    })
    .map(Some)
}

/// A line for each series: with dots and round numbers below, or without and with decades.
fn lines(
    series: &[Series],
    (x_title, x_text): (&str, fn(f64) -> String),
    y_text: impl Fn(f64) -> String,
    dots: bool,
) -> Result<Option<Markup>, Error> {
    let points = || series.iter().flat_map(|(_, points)| points);
    if points().next().is_none() {
        return Ok(None);
    }
    let x = range(points().map(|point| point.0));
    let y = range(points().map(|point| point.1));
    let x_ticks = if dots {
        ticks(x.0, x.1, 5)
    } else {
        decades(x.0, x.1)
    };
    let x = (x.0..x.1).log_scale().with_key_points(x_ticks);
    let y = (y.0..y.1).log_scale().with_key_points(ticks(y.0, y.1, 6));
    draw(340, |root| {
        let mut chart = ChartBuilder::on(root)
            .margin(8)
            .margin_right(24)
            .x_label_area_size(52)
            .y_label_area_size(84)
            .build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .x_label_formatter(&|x: &f64| x_text(*x))
            .y_label_formatter(&|y: &f64| y_text(*y))
            .x_desc(x_title)
            .label_style(words())
            .axis_style(FAINT)
            .bold_line_style(FAINT)
            .light_line_style(TRANSPARENT)
            .draw()?;
        for (number, points) in series {
            let style = colour(*number).stroke_width(2);
            chart.draw_series(LineSeries::new(points.iter().copied(), style))?;
            if dots {
                let dot = |point: &(f64, f64)| Circle::new(*point, 4, colour(*number).filled());
                chart.draw_series(points.iter().map(dot))?;
            }
        }
        Ok(())
    })
    .map(Some)
}

fn words() -> TextStyle<'static> {
    ("sans-serif", 15).into_font().color(&INK)
}

type Root<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Draws one plot, 480 units wide, which fits on a phone.
fn draw(height: u32, onto: impl FnOnce(&Root<'_>) -> Drawn) -> Result<Markup, Error> {
    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, (480, height)).into_drawing_area();
    onto(&root)
        .and_then(|()| Ok(root.present()?))
        .map_err(|error| Error::run(format_args!("cannot draw a plot: {error}")))?;
    drop(root);
    Ok(PreEscaped(svg))
}
