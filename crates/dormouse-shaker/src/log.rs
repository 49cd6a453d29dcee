//! What happened in a run, as its process reports it.

use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::model::Outcomes;
use crate::program::Id;

/// What a run reports.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Told {
    pub(crate) seen: Outcomes,
    /// Faults that are wrong in any program.
    pub(crate) wrong: Vec<String>,
    /// How late the latest sleep was, in milliseconds.
    pub(crate) late: u64,
    /// How late a sleeping thread of the standard library was woken, in milliseconds: a measure of
    /// how busy the machine was.
    pub(crate) disturbed: u64,
}

/// The log of a run, written by all tasks.
#[derive(Debug, Default)]
pub(crate) struct Log {
    told: Mutex<Told>,
    live: AtomicUsize,
}

impl Log {
    pub(crate) fn new() -> Arc<Self> {
        let log = Arc::new(Self::default());
        let witness = Arc::clone(&log);
        thread::spawn(move || {
            loop {
                let start = Instant::now();
                thread::sleep(Duration::from_millis(2));
                let late = start.elapsed().as_millis() as u64;
                let mut told = witness.lock();
                told.disturbed = told.disturbed.max(late.saturating_sub(2));
            }
        });
        log
    }

    /// Records an outcome at a place, which must happen only once.
    pub(crate) fn see(&self, id: Id, what: &str, outcome: impl Into<String>) {
        self.see_at(format!("{id}.{what}"), outcome.into());
    }

    pub(crate) fn see_at(&self, place: String, outcome: String) {
        let mut told = self.lock();
        match told.seen.entry(place) {
            Entry::Vacant(entry) => {
                entry.insert(outcome);
            }
            Entry::Occupied(entry) => {
                let twice = format!("#{}: {}, and then {outcome}", entry.key(), entry.get());
                told.wrong.push(twice);
            }
        }
    }

    pub(crate) fn wrong(&self, what: String) {
        self.lock().wrong.push(what);
    }

    pub(crate) fn check(&self, right: bool, what: impl FnOnce() -> String) {
        if !right {
            self.wrong(what());
        }
    }

    /// Records how late a sleep was.
    pub(crate) fn late(&self, id: Id, late: Duration) {
        let mut told = self.lock();
        told.late = told.late.max(late.as_millis() as u64);
        // A sleep on virtual time that outlives its runtime is 584 years late.
        if late > TOO_LATE && late < A_YEAR {
            told.wrong
                .push(format!("#{id}: a sleep is late by {late:?}"));
        }
    }

    pub(crate) fn begin(&self) {
        self.live.fetch_add(1, SeqCst);
    }

    pub(crate) fn end(&self) {
        self.live.fetch_sub(1, SeqCst);
    }

    /// How many tasks have not ended.
    pub(crate) fn live(&self) -> usize {
        self.live.load(SeqCst)
    }

    pub(crate) fn told(&self) -> Told {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(|lock| lock.into_inner())
    }
}

const A_YEAR: Duration = Duration::from_secs(365 * 86_400);

/// Longer than any program blocks a thread.
const TOO_LATE: Duration = Duration::from_secs(2);
