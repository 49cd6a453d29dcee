//! The contract as a simulation: the possible outcomes of a program on any runtime that keeps it.
//!
//! It shares no code with the library. A task is a tree of states that is polled when a time has
//! come or another task has ended. What a runtime is free to choose is drawn at random: which of
//! the ready tasks runs first, how late a timer is, which tasks a blocked thread delays. Many such
//! schedules give the set of allowed outcomes of each place in the program.

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;

use crate::model::world::{Chance, Crowd, World};
use crate::program::Program;

mod arms;
mod drops;
mod poll;
mod run;
mod spawned;
#[cfg(test)]
mod tests;
mod turns;
mod world;

/// Microseconds since the start.
pub(crate) type Time = u64;

/// A tick of the model.
pub(crate) const TICK: Time = 10_000;

/// The outcomes, by place: `12.task`, `12.join`.
pub(crate) type Outcomes = BTreeMap<String, String>;

/// What the contract leaves to the runtime.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Profile {
    /// Dropping the owner ends the tasks; if not, the runtime is an ambient one.
    pub(crate) ends: bool,
    /// The clock moves only when nothing is ready: no timer is late, and real work takes no time.
    pub(crate) exact: bool,
}

/// A runtime that has an owner, in real time.
pub(crate) const OWNED: Profile = Profile {
    ends: true,
    exact: false,
};

/// The allowed outcomes of each place, with how often they occurred.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allowed {
    schedules: usize,
    places: BTreeMap<String, BTreeMap<String, usize>>,
    /// The latest end of a schedule.
    pub(crate) end: Time,
    /// The fewest tasks that never end.
    pub(crate) unended: Option<usize>,
    /// In some schedules the root does not end.
    pub(crate) hangs: bool,
}

impl Allowed {
    /// What this many schedules allow.
    pub(crate) fn of(program: &Program, profile: Profile, schedules: usize) -> Self {
        let mut allowed = Self::default();
        allowed.add(program, profile, schedules);
        allowed
    }

    /// Adds more schedules.
    pub(crate) fn add(&mut self, program: &Program, profile: Profile, schedules: usize) {
        for _ in 0..schedules {
            let mut world = World::new(profile, chance(self.schedules as u64, profile));
            world.run(program);
            self.schedules += 1;
            self.hangs |= world.hung;
            self.end = self.end.max(world.now);
            let unended = world.unended();
            self.unended = Some(self.unended.map_or(unended, |least| least.min(unended)));
            for (place, outcome) in world.seen {
                let outcomes = self.places.entry(place).or_default();
                *outcomes.entry(outcome).or_default() += 1;
            }
        }
    }

    /// What was seen and is not allowed, as text: place, seen, allowed.
    pub(crate) fn differences(&self, seen: &Outcomes) -> Vec<String> {
        let places: BTreeSet<_> = self.places.keys().chain(seen.keys()).collect();
        let mut differences = Vec::new();
        for place in places {
            let outcomes = self.places.get(place);
            let allowed = match seen.get(place) {
                Some(outcome) => outcomes.is_some_and(|allowed| allowed.contains_key(outcome)),
                None => outcomes.map_or(0, |allowed| allowed.values().sum()) < self.schedules,
            };
            if !allowed {
                let seen = seen.get(place).map_or("nothing", String::as_str);
                differences.push(format!("#{place}: {seen}, not {}", self.describe(place)));
            }
        }
        differences
    }

    /// The allowed outcomes of a place, as text.
    fn describe(&self, place: &str) -> String {
        let Some(outcomes) = self.places.get(place) else {
            return "nothing".into();
        };
        let mut words: Vec<_> = outcomes.keys().map(String::as_str).collect();
        if outcomes.values().sum::<usize>() < self.schedules {
            words.push("nothing");
        }
        words.join(" | ")
    }

    /// All places with their allowed outcomes.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<_> = self
            .places
            .keys()
            .map(|place| format!("#{place}: {}", self.describe(place)))
            .collect();
        lines.sort_by_key(|line| {
            line[1..]
                .split('.')
                .next()
                .and_then(|id| id.parse::<u32>().ok())
        });
        lines
    }
}

/// What is drawn in the schedule of a number: schedules range from no delays at all to timers that
/// are late by nearly a tick.
fn chance(number: u64, profile: Profile) -> Chance {
    let crowds = [Crowd::Free, Crowd::OneThread, Crowd::AtRandom];
    let jitters = [0, 300, 1_500, 4_000, 9_000];
    Chance {
        rng: Xoshiro256PlusPlus::seed_from_u64(number),
        jitter: if profile.exact {
            0
        } else {
            jitters[number as usize % jitters.len()]
        },
        crowd: crowds[number as usize % crowds.len()],
    }
}
