//! Warnings about what distorts the figures of a session.

use dormouse_verdict::{ENOUGH_ROUNDS, FEW_ROUNDS, median};

use crate::report::Session;
use crate::units::counted;
use crate::wording::Input;

impl Session {
    /// What distorts the figures of this session, and what to do about it.
    pub(crate) fn warn(&self) -> Vec<String> {
        let environment = &self.environment;
        let mut warnings = self.doubts();
        let mut add = |warning: String| warnings.push(warning);
        match self.rounds {
            0 => add("no round was completed, so no engines can be told apart".into()),
            few if few < FEW_ROUNDS => add(format!(
                "{} can't tell engines apart: ask for {ENOUGH_ROUNDS} or more",
                counted(few, "round")
            )),
            _ => {}
        }
        if self.is_virtual() {
            return warnings;
        }
        if !cfg!(any(unix, windows)) {
            add("this system tells neither CPU time nor memory: those figures are absent".into());
        }
        let governor = environment.governor.as_deref();
        if let Some(governor) = governor.filter(|governor| *governor != "performance") {
            add(format!(
                "the CPU's governor is {governor}: set it to performance"
            ));
        }
        if let Some(slack) = environment.timer_slack_ns.filter(|slack| *slack != 50_000) {
            add(format!(
                "the timer slack is {slack} ns, and not the usual 50000: start from another shell"
            ));
        }
        if self.coordinator_share > 0.01 && self.seconds() > 1.0 {
            add(format!(
                "the coordinator took {:.1} % of a core while workers ran: let runs take longer ({}, {})",
                self.coordinator_share * 100.0,
                self.worded(&Input::N),
                self.worded(&Input::MaxDelays)
            ));
        }
        let runs = self.engines.iter().flat_map(|row| row.figures());
        let recording: Vec<f64> = runs
            .filter_map(|(_, figures)| figures.get("recording_s"))
            .map(|seconds| seconds * 1e9)
            .collect();
        // A debug build is slow anyway, and has a warning already.
        let is_slow = |nanos: &f64| {
            *nanos > 150.0 && environment.profile != "debug" && self.rounds >= FEW_ROUNDS
        };
        if let Some(nanos) = median(recording).filter(is_slow) {
            add(format!(
                "writing down a wait took {nanos:.0} ns: the clock of this machine is slow{}",
                match environment.clock_source.as_deref() {
                    None => String::new(),
                    Some("tsc") => " (tsc)".into(),
                    Some(source) => format!(" ({source}; try tsc)"),
                }
            ));
        }
        warnings
    }

    /// The warnings that reduce the findings to hints.
    ///
    /// Without this, two sessions, one of them on a busy machine, named different winners with the
    /// same certainty.
    pub(crate) fn doubts(&self) -> Vec<String> {
        let environment = &self.environment;
        let mut doubts = Vec::new();
        // The state of the machine does not affect virtual time.
        if self.is_virtual() {
            return doubts;
        }
        let mut doubt = |words: String| doubts.push(words);
        if environment.profile == "debug" {
            doubt(
                "this is a debug build, whose figures say little: run it with `cargo run --release`"
                    .into(),
            );
        }
        // The load average still counts a build that ended before the start.
        let load = environment
            .load
            .0
            .filter(|_| environment.others_share.is_none());
        if let Some(share) = environment.others_share.filter(|share| *share > OTHERS) {
            doubt(format!(
                "other programs took {:.0} % of a core meanwhile: stop what else is running",
                100.0 * share
            ));
        } else if let Some(load) = load.filter(|load| *load > 0.5) {
            doubt(format!(
                "the machine was busy before the start (load {load}): stop what else is running"
            ));
        }
        let cores = environment.cores;
        let threads = self.engines.iter().map(|row| row.engine.threads).max();
        if let Some(threads) = threads.filter(|threads| *threads > cores) {
            doubt(format!(
                "{threads} threads share {cores} cores: lower {}",
                self.worded(&Input::Threads)
            ));
        }
        if let Some(share) = self.stolen_share().filter(|share| *share > STOLEN) {
            doubt(format!(
                "other machines took {:.0} % of this one's time: prefer one that is not shared",
                100.0 * share
            ));
        }
        if let Some(nice) = environment.nice.filter(|nice| *nice > 0) {
            doubt(format!("the nice level is {nice}: start at level 0"));
        }
        doubts
    }

    /// Whether all engines ran on virtual time.
    fn is_virtual(&self) -> bool {
        let mut runtimes = self.engines.iter().map(|row| row.engine.runtime.as_str());
        runtimes.all(|runtime| runtime == "virtual")
    }

    /// The share of the time of all cores that the hypervisor took from this machine.
    fn stolen_share(&self) -> Option<f64> {
        let (before, after) = self.environment.steal;
        let stolen_s = after?.saturating_sub(before?) as f64 / 100.0;
        let measured_s = self.environment.measured_s;
        let seconds = measured_s.unwrap_or_else(|| self.seconds());
        (seconds > 0.0).then(|| stolen_s / seconds / self.environment.cores as f64)
    }

    /// How long all runs took together, including the start and the end of each process.
    fn seconds(&self) -> f64 {
        let figures = self.engines.iter().flat_map(|row| row.figures());
        figures
            .filter_map(|(_, figures)| figures.get("total_s"))
            .map(|total| total + PROCESS_S)
            .sum()
    }
}

/// The share of a core that other programs may take: an idle system takes 1 to 3 %.
const OTHERS: f64 = 0.1;

/// The share of the time of all cores that a hypervisor may take: less is within the noise of a session.
const STOLEN: f64 = 0.01;

/// The time in which a process starts and ends.
const PROCESS_S: f64 = 0.02;

#[cfg(test)]
mod tests {
    use crate::report::Report;

    /// 20 ms in four minutes are no caveat.
    #[test]
    fn stolen_time_is_told_once_and_only_if_it_matters() {
        let real = include_bytes!("../tests/shuffled/session.json");
        let mut report = Report::read(real, "r").unwrap();
        let session = &mut report.sessions[0];
        session.environment.cores = 2;
        session.environment.measured_s = Some(240.0);
        // 1 % of the time of two cores is 4.8 s.
        for (hundredths, told) in [(0, 0), (2, 0), (470, 0), (490, 1)] {
            session.environment.steal = (Some(1_000), Some(1_000 + hundredths));
            let about_it = |lines: &[String]| {
                let mut lines = lines.to_vec();
                lines.retain(|line| line.contains("other machines") || line.contains("hypervisor"));
                lines.len()
            };
            assert_eq!(about_it(&session.doubts()), told, "{hundredths}");
            assert_eq!(about_it(&session.warn()), told, "{hundredths}");
        }
    }
}
