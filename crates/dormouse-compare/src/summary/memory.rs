//! Memory by n: a line through the peak memory at each n.

use crate::report::{MemoryByN, Row, Session};
use crate::units::{self, singular};
use crate::workload::About;

/// How many values of n the line through memory by n needs.
const MANY_N: usize = 4;

impl Session {
    /// The line of each engine; none with few values of n.
    pub(super) fn memory_by_n(&self) -> Vec<MemoryByN> {
        if self.settings.n.len() < MANY_N {
            return Vec::new();
        }
        let rows = || self.engines.iter();
        let lines = rows().filter(|row| row.n == self.settings.n[0]);
        let lines = lines.filter_map(|first| {
            let same = |row: &&Row| {
                row.engine.name == first.engine.name
                    && row.workload == first.workload
                    && row.max_delay_s == first.max_delay_s
            };
            let point = |row: &Row| Some((row.n as f64, *row.medians.get("peak_rss_bytes")?));
            let points: Vec<(f64, f64)> = rows().filter(same).filter_map(point).collect();
            let (bytes_per_wait, base_bytes) = line(&points);
            (points.len() >= MANY_N).then(|| MemoryByN {
                engine: first.engine.name.clone(),
                workload: first.workload.clone(),
                max_delay_s: first.max_delay_s,
                bytes_per_wait,
                base_bytes,
            })
        });
        lines.collect()
    }

    /// The engine of a line, with its workload and longest delay if the session has several.
    pub(crate) fn name_of(&self, line: &MemoryByN) -> String {
        let mut name = line.engine.clone();
        if self.workloads.len() > 1 {
            name += &format!(", {}", line.workload);
        }
        let about = self.about_line(line);
        if self.settings.max_delay_s.len() > 1 && about.is_none_or(About::uses_delays) {
            name += &format!(", up to {}", units::seconds(line.max_delay_s));
        }
        name
    }

    /// What n counts in the workload of a line, in the plural.
    pub(crate) fn things_of(&self, line: &MemoryByN) -> &str {
        let about = self.about_line(line);
        about.map_or("waits", |about| about.things.as_str())
    }

    /// How much memory grows with n, and what it is without; none if it does not grow, as far as these
    /// runs show.
    pub(crate) fn growth_of(&self, line: &MemoryByN) -> Option<[String; 2]> {
        let slope = Some(line.bytes_per_wait).filter(|slope| *slope > 0.0)?;
        let growth = format!("{slope:.0} B per {}", singular(self.things_of(line)));
        Some([growth, units::bytes(line.base_bytes)])
    }

    /// The same as two cells of a table.
    pub(crate) fn growth_cells(&self, line: &MemoryByN) -> [String; 2] {
        let none = || ["none found".into(), "-".into()];
        self.growth_of(line).unwrap_or_else(none)
    }

    fn about_line(&self, line: &MemoryByN) -> Option<&About> {
        let mut all = self.workloads.iter();
        all.find(|about| about.name == line.workload)
    }
}

/// The least-squares line through points: its slope and its intercept.
fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |sum, point| {
        (sum.0 + point.0 / count, sum.1 + point.1 / count)
    });
    let (mut covariance, mut variance) = (0.0, 0.0);
    for point in points {
        covariance += (point.0 - x) * (point.1 - y);
        variance += (point.0 - x).powi(2);
    }
    let slope = covariance / variance;
    (slope, y - slope * x)
}
