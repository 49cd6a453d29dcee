//! The description of a workload.

use serde::{Deserialize, Serialize};

use crate::engine::Mode;
use crate::figures::{Figure, Unit};

/// The description of a workload, with the figures that rank engines.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct About {
    /// Its name, which a report has.
    pub name: String,
    /// What the workload does, in a few words.
    pub title: String,
    /// What `n` counts, in the plural: waits, tasks.
    pub things: String,
    /// What is counted, in the singular: wait, task, tick.
    pub operation: String,
    /// Its modes; empty if there is only one way to do it.
    pub modes: Vec<Mode>,
    /// Its figures; a narrow table has the first ones.
    pub figures: Vec<Figure>,
}

impl About {
    /// A workload that counts these operations, ranked by time, CPU time and memory.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_compare::{About, Figure, Unit};
    ///
    /// let about = About::new("cache", "request")
    ///     .title("requests to a cache")
    ///     .figure(Figure::new("hits", "hits", Unit::Count))
    ///     .without("voluntary_switches");
    /// assert_eq!(about.things, "requests");
    /// assert_eq!(about.find("per_request_s").unwrap().title, "time/request");
    /// assert!(about.find("hits").is_some() && about.find("voluntary_switches").is_none());
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>, operation: impl Into<String>) -> Self {
        let (name, operation) = (name.into(), operation.into());
        Self {
            title: name.clone(),
            things: plural(&operation),
            modes: Vec::new(),
            figures: common(&operation),
            name,
            operation,
        }
    }

    /// Sets what the workload does, in a few words.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Adds a figure before the common ones, which begin with the time per operation.
    #[must_use]
    pub fn figure(mut self, figure: Figure) -> Self {
        let place = self
            .figures
            .iter()
            .position(|other| other.key.starts_with("per_"));
        self.figures.insert(place.unwrap_or(0), figure);
        self
    }

    /// Removes the figure of this key.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.figures.retain(|figure| figure.key != key);
        self
    }

    /// The figure of this key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.key == key)
    }

    /// Sets what `n` counts, in the plural.
    pub(super) fn counting(mut self, things: &str) -> Self {
        self.things = things.into();
        self
    }

    /// Adds a time that ranks engines for this concern, before the common figures.
    pub(super) fn ranks(self, key: &str, title: &str, concern: &str) -> Self {
        self.figure(Figure::new(key, title, Unit::Seconds).ranked(concern))
    }

    /// Changes the figure of this key.
    pub(super) fn change(mut self, key: &str, change_it: impl FnMut(&mut Figure)) -> Self {
        let figures = self.figures.iter_mut();
        figures
            .filter(|figure| figure.key == key)
            .for_each(change_it);
        self
    }

    /// Adds a figure behind all others.
    pub(super) fn last(mut self, key: &str, title: &str, unit: Unit) -> Self {
        self.figures.push(Figure::new(key, title, unit));
        self
    }

    /// Adds the figures of a lateness that are not there yet, behind all others.
    pub(super) fn late(mut self) -> Self {
        for (key, title) in [
            ("late_p50_s", "late p50"),
            ("late_p90_s", "late p90"),
            ("late_p99_s", "late p99"),
            ("late_p999_s", "late p99.9"),
            ("late_max_s", "late max"),
            ("late_min_s", "late min"),
        ] {
            if self.find(key).is_none() {
                self = self.last(key, title, Unit::Seconds);
            }
        }
        self.last("early", "early", Unit::Count)
            .last("recording_s", "recording", Unit::Seconds)
    }

    /// Whether its waits end within the longest delay; of a user's own workload that is not known.
    pub(crate) fn has_delays(&self) -> bool {
        ["sleep", "load"].contains(&self.name.as_str())
    }

    /// Whether its work depends on the longest delay; of a user's own workload that is not known.
    pub(crate) fn uses_delays(&self) -> bool {
        !["spawn", "ping-pong"].contains(&self.name.as_str())
    }

    /// The figures that rank engines.
    pub(crate) fn ranked(&self) -> impl Iterator<Item = &Figure> {
        self.figures
            .iter()
            .filter(|figure| figure.concern.is_some())
    }
}

/// The figures that every workload has.
fn common(operation: &str) -> Vec<Figure> {
    let seconds = |key: &str, title: &str| Figure::new(key, title, Unit::Seconds);
    let count = |key: &str, title: &str| Figure::new(key, title, Unit::Count);
    let many = plural(operation);
    vec![
        seconds(&format!("per_{operation}_s"), &format!("time/{operation}"))
            .ranked("takes the least time"),
        seconds(
            &format!("cpu_per_{operation}_s"),
            &format!("CPU/{operation}"),
        )
        .ranked("costs the least CPU"),
        Figure::new("peak_rss_bytes", "memory", Unit::Bytes).ranked("needs the least memory"),
        seconds("total_s", "total"),
        Figure::new(
            format!("{operation}s_per_s"),
            format!("{many}/s"),
            Unit::Rate,
        )
        .more_is_better(),
        seconds("cpu_user_s", "user"),
        seconds("cpu_system_s", "system"),
        seconds("startup_s", "startup"),
        count("voluntary_switches", "voluntary switches"),
        count("involuntary_switches", "involuntary switches"),
        Figure::new("base_rss_bytes", "memory at the start", Unit::Bytes),
    ]
}

fn plural(noun: &str) -> String {
    if noun.ends_with("ch") {
        format!("{noun}es")
    } else {
        format!("{noun}s")
    }
}
