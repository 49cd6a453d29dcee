//! Plots as SVG. Their colours are names: the page they stand in says what each is, in the light
//! and in the dark.

use plotters::coord::ranged1d::{AsRangedCoord, SegmentValue, ValueFormatter};
use plotters::prelude::*;

use crate::failure::Failure;
use crate::figures::{Figure, histogram};
use crate::report::Row;
use crate::units;

/// How many colours the page has for engines.
pub(super) const COLOURS: usize = 10;

/// What stands for the colour of an engine.
pub(super) fn colour(number: usize) -> RGBColor {
    RGBColor(1, 0, (number % COLOURS) as u8)
}

/// What stands for the colour of words, and for that of lines behind.
pub(super) const INK: RGBColor = RGBColor(2, 0, 0);
pub(super) const FAINT: RGBColor = RGBColor(2, 0, 1);

/// Points of an engine, which has the colour of its number.
type Series = (usize, Vec<(f64, f64)>);

/// A ratio of an engine with its number and name, and the interval around it.
type Bar = (usize, String, f64, (f64, f64));

/// How many of the waits were how late, each engine a curve; none without a lateness.
pub(super) fn lateness(rows: &[(usize, &Row)]) -> Result<Option<String>, Failure> {
    let mut series = Vec::new();
    for (number, row) in rows {
        let counts = row
            .figures()
            .flat_map(|(_, figures)| &figures.lateness.histogram_ns);
        let histogram = histogram(&counts.copied().collect::<Vec<_>>())?;
        if histogram.is_empty() {
            continue;
        }
        // One wait in so many is later.
        let most = (histogram.len() as f64).max(10.0);
        let steps = (0..=60).map(|step| most.powf(f64::from(step) / 60.0));
        let points = steps.map(|rare| {
            let late = histogram.value_at_quantile(1.0 - 1.0 / rare);
            (rare, late.max(1) as f64 / 1e9)
        });
        series.push((*number, points.collect()));
    }
    let share = |rare: &f64| match *rare {
        rare if rare <= 1.0 => "0 %".to_owned(),
        rare => format!("{} %", 100.0 - 100.0 / rare),
    };
    lines(
        &series,
        "of the waits are no later",
        share,
        units::seconds,
        false,
    )
}

/// A figure by n, each engine a line; none without the figure.
pub(super) fn by_n(
    engines: &[(usize, Vec<&Row>)],
    figure: &Figure,
) -> Result<Option<String>, Failure> {
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
    lines(
        &series,
        "waits at once (n)",
        |n| units::count(n.round()),
        figure.text,
        true,
    )
}

/// The ratios to the reference with their intervals, each engine a line; none without a ratio.
pub(super) fn ratios(rows: &[(usize, &Row)], figure: &Figure) -> Result<Option<String>, Failure> {
    let verdicts: Vec<Bar> = rows
        .iter()
        .filter_map(|(number, row)| {
            let verdict = row.verdict(figure)?;
            Some((*number, row.engine.line(), verdict.ratio, verdict.interval?))
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
    draw(60 + 26 * count as u32, |root| match high / low {
        // An axis of less than a decade has no round numbers on a logarithmic scale.
        span if span < 8.0 => forest(root, low..high, &verdicts, figure),
        _ => forest(root, (low..high).log_scale(), &verdicts, figure),
    })
    .map(Some)
}

fn forest<X>(root: &Root<'_>, x: X, verdicts: &[Bar], figure: &Figure) -> Drawn
where
    X: AsRangedCoord<Value = f64>,
    X::CoordDescType: ValueFormatter<f64>,
{
    let count = verdicts.len();
    let name = |line: &SegmentValue<usize>| match line {
        SegmentValue::CenterOf(line) if *line < count => verdicts[count - 1 - line].1.clone(),
        _ => String::new(),
    };
    let mut chart = ChartBuilder::on(root)
        .margin(8)
        .x_label_area_size(40)
        .y_label_area_size(150)
        .build_cartesian_2d(x, (0..count).into_segmented())?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .y_labels(count)
        .x_labels(5)
        .y_label_formatter(&name)
        .x_label_formatter(&|ratio: &f64| units::ratio(*ratio))
        .x_desc(format!("{} by that of the reference", figure.title))
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
            colour(*number).stroke_width(2).filled(),
            8,
        )
    }))?;
    Ok(())
}

fn lines(
    series: &[Series],
    what: &str,
    x_text: impl Fn(&f64) -> String,
    y_text: fn(f64) -> String,
    dots: bool,
) -> Result<Option<String>, Failure> {
    let points = || series.iter().flat_map(|(_, points)| points);
    if points().next().is_none() {
        return Ok(None);
    }
    let x = range(points().map(|point| point.0));
    let y = range(points().map(|point| point.1));
    draw(320, |root| {
        let mut chart = ChartBuilder::on(root)
            .margin(8)
            .x_label_area_size(40)
            .y_label_area_size(64)
            .build_cartesian_2d((x.0..x.1).log_scale(), (y.0..y.1).log_scale())?;
        chart
            .configure_mesh()
            .x_labels(5)
            .y_labels(6)
            .x_label_formatter(&x_text)
            .y_label_formatter(&|y: &f64| y_text(*y))
            .x_desc(what)
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
    ("sans-serif", 12).into_font().color(&INK)
}

/// A little more than from the least to the most, for a logarithmic axis.
fn range(figures: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = figures.fold((f64::MAX, f64::MIN_POSITIVE), |(low, high), figure| {
        (low.min(figure), high.max(figure))
    });
    (low / 1.25, high * 1.25)
}

type Root<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// One picture of 480 units in width, which a phone has room for.
fn draw(height: u32, onto: impl FnOnce(&Root<'_>) -> Drawn) -> Result<String, Failure> {
    let mut svg = String::new();
    let root = SVGBackend::with_string(&mut svg, (480, height)).into_drawing_area();
    onto(&root)
        .and_then(|()| Ok(root.present()?))
        .map_err(|error| Failure::run(format_args!("cannot draw a plot: {error}")))?;
    drop(root);
    Ok(svg)
}
