//! Figures that several workloads have.

use crate::figures::{Figure, Unit};
use crate::workload::About;

/// Adds the figures of a lateness that are not ranked.
pub(super) fn late(about: About, ranked: &[&str]) -> About {
    let figures = [
        ("late_p50_s", "late p50"),
        ("late_p90_s", "late p90"),
        ("late_p99_s", "late p99"),
        ("late_p999_s", "late p99.9"),
        ("late_max_s", "late max"),
        ("late_min_s", "late min"),
    ];
    let mut about = about;
    for (key, title) in figures {
        if !ranked.contains(&key) {
            about.figures.push(Figure::new(key, title, Unit::Seconds));
        }
    }
    about
        .figures
        .push(Figure::new("early", "early", Unit::Count));
    about
        .figures
        .push(Figure::new("recording_s", "recording", Unit::Seconds));
    about
}

/// A figure in seconds that ranks engines.
pub(super) fn ranked(key: &str, title: &str, concern: &str) -> Figure {
    Figure::new(key, title, Unit::Seconds).ranked(concern)
}
