//! A report as text.

use textwrap::{Options, WordSplitter};

use crate::engine::Kind;
use crate::escape::plain;
use crate::report::{Report, Session};
use crate::table::{NARROW_WIDTH, table};
use crate::units;

impl Report {
    /// The tables and the summary as text, in lines of at most `width` columns. A table that does not
    /// fit has at most 80.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        anstream::adapter::strip_str(&self.coloured(width)).to_string()
    }

    /// [`text`](Self::text) for a terminal that shows colours.
    #[must_use]
    pub fn coloured(&self, width: usize) -> String {
        let width = width.max(LEAST_WIDTH);
        let many = self.sessions.len() > 1;
        let sessions = self.sessions.iter().map(|session| {
            let label = if many {
                fill(&session.label, width) + "\n"
            } else {
                String::new()
            };
            label + &text(session, width)
        });
        sessions.collect::<Vec<_>>().join("\n")
    }
}

fn text(session: &Session, width: usize) -> String {
    let mut text = format!(
        "{}\n{}\n\n{}\n",
        fill(&format!("{}. Medians:", session.title()), width),
        fill(&runs_on(session), width),
        table(session, width.max(NARROW_WIDTH))
    );
    for line in &session.memory {
        let things = session.things_of(line);
        let growth = match session.growth_of(line) {
            Some([growth, base]) => format!("{growth}, and {base} without {things}"),
            None => format!("no growth with the number of {things} found"),
        };
        let line = format!("memory of {}: {growth}", session.name_of(line));
        text += &(fill(&line, width) + "\n");
    }
    for row in &session.engines {
        if let Some(failure) = &row.failure {
            let name = match session.settings.n.len() * session.settings.max_delay_s.len() {
                1 => row.engine.name.clone(),
                _ => session.title_of(row),
            };
            text += &(fill(&format!("{name}: {failure}"), width) + "\n");
        }
    }
    for sentence in &session.summary {
        match &sentence.about {
            Some(about) if sentence.clauses.len() > 1 => {
                text += &format!("{}:\n", plain(about));
                for clause in sentence.ended() {
                    let options = options(width)
                        .initial_indent("  ")
                        .subsequent_indent("    ");
                    text += &(textwrap::fill(&plain(&clause), options) + "\n");
                }
            }
            _ => text += &(fill(&sentence.to_string(), width) + "\n"),
        }
    }
    text
}

/// Every runtime with its version and number of threads.
fn runs_on(session: &Session) -> String {
    let mut runtimes: Vec<String> = Vec::new();
    for row in &session.engines {
        let engine = &row.engine;
        let version = match engine.version.as_str() {
            "unknown" => "(version unknown)",
            version => version,
        };
        let threads = match engine.threads {
            0 => String::new(),
            threads => format!(" on {}", units::counted(threads, "thread")),
        };
        let runtime = match engine.kind {
            Kind::Runtime => format!("{} {version}{threads}", engine.runtime),
            Kind::Peer => format!("{} {version}", engine.runtime),
            Kind::Control | Kind::Floor => continue,
        };
        let known = |known: &String| known.starts_with(&runtime);
        if !runtimes.iter().any(known) {
            runtimes.push(runtime);
        }
    }
    runtimes.join(", ") + "."
}

/// Wraps plain text, but not at the hyphens in the names of runtimes.
fn fill(text: &str, width: usize) -> String {
    textwrap::fill(&plain(text), options(width).subsequent_indent("  "))
}

fn options(width: usize) -> Options<'static> {
    Options::new(width).word_splitter(WordSplitter::NoHyphenation)
}

/// Prose is not wrapped in fewer columns than this.
const LEAST_WIDTH: usize = 20;
