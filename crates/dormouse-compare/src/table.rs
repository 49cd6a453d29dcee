//! The tables for a terminal.

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use crate::engine::Kind;
use crate::escape::plain;
use crate::figures::Figure;
use crate::report::{Row, Session};
use crate::summary::interval;
use crate::workload::About;

/// A column of figures: its title, and its cell in each row.
type Column = (String, Vec<String>);

/// The medians of all engines, by workload and mode, with as many columns as fit the width.
pub(crate) fn table(session: &Session, width: usize) -> String {
    let mut text = String::new();
    for about in &session.workloads {
        let rows: Vec<&Row> = session
            .engines
            .iter()
            .filter(|row| row.workload == about.name)
            .collect();
        if rows.is_empty() {
            continue;
        }
        if session.workloads.len() > 1 {
            let title = plain(&format!("{}: {}", about.name, about.title));
            text += &format!("{BOLD}{title}{BOLD:#}\n");
        }
        text += &of_workload(session, about, &rows, width);
    }
    text
}

fn of_workload(session: &Session, about: &About, rows: &[&Row], width: usize) -> String {
    let mut figures = narrow(about);
    let mut columns: Vec<Column> = figures.iter().map(|figure| column(rows, figure)).collect();
    let fit = |columns: &[Column]| {
        let mut lines = draw(rows, columns).into_iter();
        lines.all(|line| line.chars().count() <= width)
    };
    // If long names leave too little room, figures that rank no engines are dropped first.
    while !fit(&columns) && figures.len() > 1 {
        let spare = figures.iter().rposition(|figure| figure.concern.is_none());
        let spare = spare.unwrap_or(figures.len() - 1);
        figures.remove(spare);
        columns.remove(spare);
    }
    if width > NARROW_WIDTH {
        for more in wide(about, rows, &figures, &session.settings.reference) {
            columns.push(more);
            if !fit(&columns) {
                columns.pop();
            }
        }
    }
    let mut text = String::new();
    let mut lines = draw(rows, &columns).into_iter();
    if let Some(header) = lines.next() {
        text += &format!("{BOLD}{header}{BOLD:#}\n");
    }
    for rows in rows.chunk_by(|left, right| left.key() == right.key()) {
        if let Some(title) = title(session, about, rows[0]) {
            text += &format!("{BOLD}{}{BOLD:#}\n", plain(&title));
        }
        let most = rows.iter().map(|row| row.best_by.len()).max().unwrap_or(0);
        for (row, line) in rows.iter().zip(lines.by_ref()) {
            let style = if row.failure.is_some() {
                RED
            } else if matches!(row.engine.kind, Kind::Control | Kind::Floor) {
                DIM
            } else if most > 0 && row.best_by.len() == most {
                GREEN
            } else {
                Style::new()
            };
            text += &format!("{style}{line}{style:#}\n");
        }
    }
    text
}

/// The title of a group, if it needs one.
pub(crate) fn title(session: &Session, about: &About, row: &Row) -> Option<String> {
    let title = match row.engine.mode {
        _ if row.engine.kind == Kind::Floor => {
            session.group("floor: one thread, without a runtime", row)
        }
        Some(mode) if about.modes.len() > 1 => session.group(mode.title(), row),
        _ => session.group("", row).trim_start_matches(", ").to_owned(),
    };
    (!title.is_empty()).then_some(title)
}

/// The figures of a narrow table, in order: all that rank engines, and as many others as have room.
pub(crate) fn narrow(about: &About) -> Vec<&Figure> {
    let mut room = NARROW.saturating_sub(about.ranked().count());
    let is_shown = |figure: &&Figure| {
        let has_room = figure.concern.is_some() || room > 0;
        if figure.concern.is_none() {
            room = room.saturating_sub(1);
        }
        has_room
    };
    about.figures.iter().filter(is_shown).collect()
}

/// The width of the output if it is not a terminal.
pub const NARROW_WIDTH: usize = 80;

/// How many figures a table of [`NARROW_WIDTH`] has.
const NARROW: usize = 6;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();

impl Row {
    /// The median of a figure, as text.
    pub(crate) fn cell(&self, figure: &Figure) -> String {
        let median = self.median(figure);
        median.map_or("-".into(), |median| figure.text(median))
    }

    /// The verdict on a figure, as text; empty without one.
    pub(crate) fn versus_cell(&self, figure: &Figure) -> String {
        let verdict = self.verdict(&figure.key);
        verdict.map_or(String::new(), |verdict| interval(verdict, figure))
    }
}

/// The further columns for a wide terminal, the most important first.
fn wide(about: &About, rows: &[&Row], shown: &[&Figure], reference: &str) -> Vec<Column> {
    let mut columns = Vec::new();
    for figure in about.ranked() {
        let cells = rows.iter().map(|row| row.versus_cell(figure));
        let title = format!("{} vs {reference}", figure.title);
        columns.push((title, cells.collect()));
    }
    let more = about
        .figures
        .iter()
        .filter(|figure| !shown.contains(figure));
    columns.extend(more.map(|figure| column(rows, figure)));
    columns
}

fn column(rows: &[&Row], figure: &Figure) -> Column {
    let cells = rows.iter().map(|row| row.cell(figure));
    (figure.title.clone(), cells.collect())
}

/// The lines of the table, the header first.
fn draw(rows: &[&Row], columns: &[Column]) -> Vec<String> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    let titles = columns.iter().map(|(title, _)| plain(title));
    table.set_header([String::new()].into_iter().chain(titles));
    for (number, row) in rows.iter().enumerate() {
        let cells = columns.iter().map(|(_, cells)| cells[number].clone());
        let name = format!(" {}", plain(&row.engine.line()));
        table.add_row([name].into_iter().chain(cells));
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
