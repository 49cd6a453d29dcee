//! Reading and merging reports, also of version 1 and of comparisons that did not finish.

use serde_json::{Deserializer, Map, Value, json};

use crate::error::Error;
use crate::journal::{HEAD_END, TAIL};
use crate::report::{Report, Session};
use crate::wording::{self, Input, Wording};
use crate::workload::{Builtin, Workload};

impl Report {
    /// Reads a report of this version or of version 1; `name` is the name of the report in an error.
    ///
    /// It checks that the parts of the report fit together. `Deserialize` alone does not, and a report
    /// whose parts don't fit may panic when it is rendered.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] in one line, if it is not a report.
    pub fn read(bytes: &[u8], name: &str) -> Result<Self, Error> {
        Self::read_with(bytes, name, wording::of_library())
    }

    /// [`read`](Self::read), with the wording of the error and of what is worked out anew of the
    /// sessions.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn read_with(bytes: &[u8], name: &str, wording: Wording) -> Result<Self, Error> {
        let mut value = parsed(bytes, name, wording)?;
        let schema = value.get("schema").and_then(Value::as_str);
        if schema != Some(Self::SCHEMA) {
            return Err(Error::usage(format_args!(
                "{name} has the schema {}, and not {}: give a report of {}",
                schema.unwrap_or("of something else"),
                Self::SCHEMA,
                wording(&Input::Report)
            )));
        }
        let version = value.get("schema_version").cloned().unwrap_or_default();
        if version == 1 {
            convert(&mut value);
        } else if version != Self::SCHEMA_VERSION {
            return Err(Error::usage(format_args!(
                "{name} has version {version} of the schema, and this dormouse reads version {} and 1: \
                 make the report anew",
                Self::SCHEMA_VERSION
            )));
        }
        let mut report: Self = serde_json::from_value(value)
            .map_err(|error| Error::usage(format_args!("{name} is not a whole report: {error}")))?;
        if report.sessions.is_empty() {
            return Err(Error::usage(format_args!(
                "{name} has no session: give a report of {}",
                wording(&Input::Report)
            )));
        }
        for session in &mut report.sessions {
            session.wording = wording;
        }
        finish(&mut report);
        for session in &mut report.sessions {
            session.rounds = session.finished_rounds();
        }
        if report.sessions.iter().any(|session| !holds(session)) {
            return Err(Error::usage(format_args!(
                "{name} is not a whole report: a run is of no round, or a row of no workload"
            )));
        }
        Ok(report)
    }

    /// Puts the sessions of many reports side by side, and works out their verdicts anew.
    #[must_use]
    pub fn merge(reports: impl IntoIterator<Item = Self>) -> Self {
        let sessions = reports.into_iter().flat_map(|report| report.sessions);
        let mut sessions: Vec<Session> = sessions.collect();
        sessions.iter_mut().for_each(Session::summarise);
        Self::new(sessions)
    }
}

/// The value of a file, or a line that says what is wrong with it.
fn parsed(bytes: &[u8], name: &str, wording: Wording) -> Result<Value, Error> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Error::usage(format_args!(
            "{name} is UTF-16, and a report is UTF-8: save it as UTF-8"
        )));
    }
    // Some editors write a mark at the beginning of UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let error = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if let Some(value) = cut_back(bytes) {
        return Ok(value);
    }
    let mut values = Deserializer::from_slice(bytes).into_iter::<Value>();
    if let Some(Ok(first)) = values.next()
        && first.is_object()
    {
        return Err(Error::usage(format_args!(
            "{name} goes on after its first report ({error}): give each report as a file of its own"
        )));
    }
    Err(Error::usage(format_args!(
        "{name} is not JSON ({error}): give a report of {}",
        wording(&Input::Report)
    )))
}

/// The whole runs of a file that a comparison still wrote when it was killed or the disk was full.
///
/// Such a file has a run on each line, and may end within one.
fn cut_back(bytes: &[u8]) -> Option<Value> {
    let first = bytes.split(|byte| *byte == b'\n').next()?;
    // Without a run, the list is closed in the same line.
    let head = first.strip_suffix(b"}").unwrap_or(first);
    let head = head.strip_suffix(b"]").unwrap_or(head);
    if !head.ends_with(HEAD_END.as_bytes()) {
        return None;
    }
    let bytes = bytes.trim_ascii_end();
    let line = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
    // Another report behind this one must not be lost.
    let last = bytes[line..].trim_ascii_start();
    let shorter = (!last.starts_with(b"{\"schema\"")).then_some(&bytes[..line]);
    [Some(bytes), shorter]
        .into_iter()
        .flatten()
        .find_map(|whole| {
            // What follows the last whole run may itself be cut.
            let ends = [b",".as_slice(), b"]}", b"]"];
            let mut runs = ends.into_iter().filter_map(|end| whole.strip_suffix(end));
            let runs = runs.next().unwrap_or(whole);
            serde_json::from_slice(&[runs, TAIL.as_bytes()].concat()).ok()
        })
}

/// Whether every row has its workload, and every run its round.
fn holds(session: &Session) -> bool {
    let rounds = session.round_seeds.len();
    session.engines.iter().all(|row| {
        let mut workloads = session.workloads.iter();
        workloads.any(|about| about.name == row.workload)
            && row.runs.iter().all(|run| run.round < rounds)
    })
}

/// Puts the runs of a comparison that did not finish into their engines.
fn finish(report: &mut Report) {
    let loose = std::mem::take(&mut report.unfinished);
    // A session without a run was ended before its first; a report that was made of it says so.
    let is_told = |session: &Session| {
        let has_begun = session.engines.iter().any(|row| !row.runs.is_empty());
        has_begun || session.warnings.iter().any(|warning| warning == ENDED)
    };
    let mut sessions = report.sessions.iter_mut();
    let Some(session) = sessions.find(|session| !loose.is_empty() || !is_told(session)) else {
        return;
    };
    for loose in loose {
        if loose.run.round == session.round_seeds.len() {
            session.round_seeds.push(loose.seed);
        }
        if let Some(row) = session.engines.get_mut(loose.number) {
            row.runs.push(loose.run);
        }
    }
    session.rounds = session.finished_rounds();
    let warnings = session.warn();
    session.warnings.extend(warnings);
    session.warnings.push(ENDED.into());
}

const ENDED: &str = "the comparison was ended before its last round";

/// Converts version 1 to version 2.
fn convert(report: &mut Value) {
    report["schema_version"] = Report::SCHEMA_VERSION.into();
    for session in array(report, "sessions") {
        if let Some(seeds) = session.get_mut("round_seeds").and_then(Value::as_array_mut) {
            seeds.iter_mut().for_each(as_text);
        }
        let about = serde_json::to_value(Builtin::Sleep.about()).unwrap_or_default();
        session["workloads"] = json!([about]);
        if let Some(settings) = session
            .get_mut("settings")
            .filter(|value| value.is_object())
        {
            if let Some(seed) = settings.get_mut("seed") {
                as_text(seed);
            }
            settings["workloads"] = json!(["sleep"]);
            settings["busy_per_thread"] = json!(0);
            settings["chunk_s"] = json!(0.0);
        }
        for line in array(session, "memory") {
            line["workload"] = "sleep".into();
        }
        for engine in array(session, "engines") {
            engine["workload"] = "sleep".into();
            // Verdicts are worked out anew by the present method, when reports are merged.
            engine["versus"] = Value::Null;
            engine["medians"] = json!({});
            for run in array(engine, "runs") {
                if let Some(figures) = run.get_mut("figures").and_then(Value::as_object_mut) {
                    convert_figures(figures);
                }
            }
        }
    }
}

fn convert_figures(figures: &mut Map<String, Value>) {
    let lateness = figures.remove("lateness").unwrap_or_default();
    figures.retain(|_, value| value.is_number());
    for part in ["min_s", "p50_s", "p90_s", "p99_s", "p999_s", "max_s"] {
        if let Some(value) = lateness.get(part).filter(|value| value.is_number()) {
            figures.insert(format!("late_{part}"), value.clone());
        }
    }
    if let Some(nanos) = figures
        .remove("recording_ns")
        .and_then(|nanos| nanos.as_f64())
    {
        figures.insert("recording_s".into(), json!(nanos / 1e9));
    }
    figures.insert("lateness".into(), lateness);
}

fn as_text(seed: &mut Value) {
    if seed.is_u64() {
        *seed = seed.to_string().into();
    }
}

fn array<'a>(value: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    // Indexing would panic on a value that is not an object.
    let list = value.get_mut(key).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter(|entry| entry.is_object())
}
