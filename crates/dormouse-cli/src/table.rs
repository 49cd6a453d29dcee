//! The table that a terminal shows.

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::engine::Kind;
use crate::figures::{FIGURES, Figure, NARROW, ranked};
use crate::report::{Row, Session};
use crate::summary::{able, best, interval};

/// A column of figures: its title, and what each row has in it.
type Column = (String, Vec<String>);

/// Mode by mode a line per engine, medians over the rounds, with as many columns as fit.
pub(crate) fn table(session: &Session, width: usize) -> String {
    let mut text = String::new();
    let narrow = FIGURES[..NARROW].iter();
    let mut columns: Vec<Column> = narrow.map(|figure| column(session, figure)).collect();
    let mut drawn = draw(session, &columns);
    for spare in SPARE {
        if fits(&drawn, width) {
            break;
        }
        columns.retain(|(title, _)| title != spare);
        drawn = draw(session, &columns);
    }
    let more = if width > NARROW_WIDTH {
        wide(session)
    } else {
        Vec::new()
    };
    for more in more {
        columns.push(more);
        let wider = draw(session, &columns);
        if fits(&wider, width) {
            drawn = wider;
        } else {
            columns.pop();
        }
    }
    let mut lines = drawn.into_iter();
    if let Some(header) = lines.next() {
        text += &format!("{BOLD}{header}{BOLD:#}\n");
    }
    for rows in session.groups() {
        text += &format!("{BOLD}{}{BOLD:#}\n", group(session, &rows[0]));
        let bests = bests(rows);
        for (row, line) in rows.iter().zip(lines.by_ref()) {
            let style = match () {
                () if row.failure.is_some() => RED,
                () if row.engine.kind == Kind::Control => DIM,
                () if bests.contains(&row.engine.name.as_str()) => GREEN,
                () => Style::new(),
            };
            text += &format!("{style}{line}{style:#}\n");
        }
    }
    text
}

/// The title of a group.
pub(crate) fn group(session: &Session, row: &Row) -> String {
    match row.engine.mode {
        Some(mode) => session.group(mode.title(), row),
        None => "floor: no runtime at all".into(),
    }
}

fn fits(lines: &[String], width: usize) -> bool {
    lines.iter().all(|line| line.chars().count() <= width)
}

/// The width of what is no terminal.
pub(crate) const NARROW_WIDTH: usize = 80;

/// What a narrow terminal does without where names are long, the first things first.
const SPARE: [&str; 2] = ["total/n", "late p50"];

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();

/// Those that have the least of more figures than any other.
fn bests(rows: &[Row]) -> Vec<&str> {
    let able = able(rows);
    let bests: Vec<Vec<&Row>> = ranked()
        .filter_map(|figure| best(&able, figure))
        .filter(|best| best.len() < able.len())
        .collect();
    let wins = |row: &Row| {
        let won = |best: &&Vec<&Row>| best.iter().any(|other| other.engine == row.engine);
        bests.iter().filter(won).count()
    };
    let most = able.iter().map(|row| wins(row)).max().unwrap_or(0);
    let winners = able.iter().filter(|row| most > 0 && wins(row) == most);
    winners.map(|row| row.engine.name.as_str()).collect()
}

/// What a wide terminal has room for, the first things first.
fn wide(session: &Session) -> Vec<Column> {
    let ratio = |row: &Row| row.verdict(&FIGURES[0]).map_or(String::new(), interval);
    let ratios = session.engines.iter().map(ratio);
    let mut columns = vec![("overhead by reference".into(), ratios.collect())];
    columns.extend(
        FIGURES[NARROW..]
            .iter()
            .map(|figure| column(session, figure)),
    );
    columns
}

fn column(session: &Session, figure: &Figure) -> Column {
    let cells = session.engines.iter().map(|row| match row.median(figure) {
        Some(median) => (figure.text)(median),
        None => "-".into(),
    });
    (figure.title.into(), cells.collect())
}

/// The lines of the table, the header first.
fn draw(session: &Session, columns: &[Column]) -> Vec<String> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    let titles = columns.iter().map(|(title, _)| title.clone());
    table.set_header([String::new()].into_iter().chain(titles));
    for (number, row) in session.engines.iter().enumerate() {
        let cells = columns.iter().map(|(_, cells)| cells[number].clone());
        table.add_row([format!(" {}", row.engine.line())].into_iter().chain(cells));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
        if column.index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let drawn = table.to_string();
    drawn
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}
