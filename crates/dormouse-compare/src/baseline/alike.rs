//! Which sessions and rows are alike, so that they can be compared.

use crate::baseline::Baseline;
use crate::engine::Kind;
use crate::error::Error;
use crate::report::{Row, Session};
use crate::units::counted;
use crate::workload::Builtin;

impl Baseline {
    /// Checks that a session can be compared with this one: it is of the same machine, and has an
    /// engine in common with it; with `strict`, exactly the same engines.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`], which names the difference between the two.
    pub fn fits(&self, session: &Session, name: &str, strict: bool) -> Result<(), Error> {
        let refuse = |difference: &str| {
            Err(Error::usage(format_args!(
                "{name} has another {difference}: compare like with like, or save a new baseline"
            )))
        };
        if let Some(difference) = self.machine(session) {
            return refuse(&difference);
        }
        let of = |session: &Session, other: &Session| {
            let names = held(session).map(|row| name_beside(session, row, other));
            names.collect::<Vec<_>>().join("; ")
        };
        let shared = session.engines.iter().any(|row| self.like(row).is_some());
        // The control is a copy of the first engine, so another order gives another one.
        let all = held(session).all(|row| self.like(row).is_some())
            && held(session).count() == held(&self.0).count();
        if !shared || strict && !all {
            return refuse(&format!(
                "set of engines ({}, and now {})",
                of(&self.0, session),
                of(session, &self.0)
            ));
        }
        Ok(())
    }

    /// The row that is held against this one, if there is one.
    pub(super) fn like(&self, row: &Row) -> Option<&Row> {
        self.0.engines.iter().find(|other| is_like(row, other))
    }

    /// The first property of the machine or the build that differs, with both values.
    fn machine(&self, session: &Session) -> Option<String> {
        let (before, now) = (&self.0.environment, &session.environment);
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".into());
        let machine = [
            ("processor", text(&before.cpu), text(&now.cpu)),
            (
                "number of cores",
                before.cores.to_string(),
                now.cores.to_string(),
            ),
            ("system", before.os.clone(), now.os.clone()),
            ("profile", before.profile.clone(), now.profile.clone()),
        ];
        let busy = |session: &Session| {
            let settings = &session.settings;
            let of = format!("{} of {} s", settings.busy_per_thread, settings.chunk_s);
            let is_load = |row: &Row| row.workload == Builtin::Load.name();
            session.engines.iter().any(is_load).then_some(of)
        };
        let busy = busy(&self.0).zip(busy(session));
        let busy = busy.map(|(before, now)| ("number of busy tasks a thread", before, now));
        let mut machine = machine.into_iter().chain(busy);
        machine
            .find(|(_, before, now)| before != now)
            .map(|(name, before, now)| format!("{name} ({before}, and now {now})"))
    }
}

/// The name of a row, with its threads if the other session has a row of that name that differs in
/// them.
pub(super) fn name_beside(session: &Session, row: &Row, other: &Session) -> String {
    let title = session.title_of(row);
    let mut rows = other.engines.iter();
    let has_twin =
        rows.any(|twin| twin.engine.threads != row.engine.threads && other.title_of(twin) == title);
    match row.engine.threads {
        _ if !has_twin => title,
        0 => format!("{title}, on an unknown number of threads"),
        threads => format!("{title}, on {}", counted(threads, "thread")),
    }
}

/// The rows of a session that are held against those of another.
pub(super) fn held(session: &Session) -> impl Iterator<Item = &Row> {
    let rows = session.engines.iter();
    rows.filter(|row| row.engine.kind != Kind::Control)
}

pub(super) fn is_like(row: &Row, other: &Row) -> bool {
    let (engine, theirs) = (&row.engine, &other.engine);
    (&engine.name, engine.threads) == (&theirs.name, theirs.threads) && row.key() == other.key()
}
