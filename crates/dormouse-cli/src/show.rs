//! A report on a terminal.

use std::io::IsTerminal;

use textwrap::{Options, WordSplitter};

use crate::engine::Kind;
use crate::export::print_or_rescue;
use crate::failure::Failure;
use crate::report::{Report, Session};
use crate::table::{NARROW_WIDTH, table};
use crate::units;

/// Prints the tables and the sentences; in colour on a terminal, unless `NO_COLOR` is set.
pub(crate) fn show(report: &Report) -> Result<(), Failure> {
    let out = std::io::stdout();
    let width = match terminal_size::terminal_size() {
        Some((width, _)) if out.is_terminal() => usize::from(width.0).max(NARROW_WIDTH),
        _ => NARROW_WIDTH,
    };
    let texts: Vec<String> = report
        .sessions
        .iter()
        .map(|session| match report.sessions.len() {
            1 => text(session, width),
            _ => format!("{}\n{}", fill(&session.label, width), text(session, width)),
        })
        .collect();
    let mut text = texts.join("\n");
    if anstream::AutoStream::choice(&out) == anstream::ColorChoice::Never {
        text = anstream::adapter::strip_str(&text).to_string();
    }
    print_or_rescue(&text, report)
}

fn text(session: &Session, width: usize) -> String {
    let mut text = format!(
        "{}. Medians:\n{}\n\n{}\n",
        fill(&session.title(), width),
        fill(&runs_on(session), width),
        table(session, width)
    );
    for line in &session.memory {
        let line = format!(
            "{}: {:.0} B per wait, and {} without waits",
            line.engine,
            line.bytes_per_wait,
            units::bytes(line.base_bytes)
        );
        text += &(line + "\n");
    }
    for row in &session.engines {
        if let Some(failure) = &row.failure {
            let name = match session.settings.n.len() * session.settings.max_delay_s.len() {
                1 => row.engine.name.clone(),
                _ => row.title(),
            };
            text += &(fill(&format!("{name}: {failure}"), width) + "\n");
        }
    }
    for sentence in &session.summary {
        text += &(fill(sentence, width) + "\n");
    }
    text
}

/// Every runtime with its version and threads.
fn runs_on(session: &Session) -> String {
    let mut runtimes: Vec<String> = Vec::new();
    for row in &session.engines {
        let engine = &row.engine;
        let threads = units::counted(engine.threads, "thread");
        let runtime = match engine.kind {
            Kind::Runtime => format!("{} {} on {threads}", engine.runtime, engine.version),
            Kind::Peer => format!("{} {}", engine.runtime, engine.version),
            Kind::Control | Kind::Floor => continue,
        };
        let known = |known: &String| known.starts_with(&runtime);
        if !runtimes.iter().any(known) {
            runtimes.push(runtime);
        }
    }
    runtimes.join(", ") + "."
}

/// The name of a runtime is one word.
fn fill(text: &str, width: usize) -> String {
    let options = Options::new(width)
        .subsequent_indent("  ")
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}
