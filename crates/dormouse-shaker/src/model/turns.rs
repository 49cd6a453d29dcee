//! The order in which tasks are polled, and how they end.

use rand::RngExt;

use crate::model::Time;
use crate::model::run::{Polled, Run, Work};
use crate::model::world::{Crowd, Ended, Task, World};
use crate::program::{End, Program};

impl<'p> World<'p> {
    /// Runs a program to its end.
    pub(super) fn run(&mut self, program: &'p Program) {
        self.waits = program.end == End::InOwnTask;
        self.add(None, Work::Body(Run::new(&program.root)));
        while self.step() {}
        self.hung = self.tasks[0].ended.is_none();
        if !self.profile.ends {
            for (_, task) in self.bag.clone() {
                self.abort(task);
            }
            while self.step() {}
        }
        for (id, task) in std::mem::take(&mut self.bag) {
            if let Some(ended) = &self.tasks[task].ended {
                let word = ended.word();
                self.see(id, "join", word);
            }
        }
    }

    /// Polls, or drops, the task that is next in time; `false` if there is none.
    pub(super) fn step(&mut self) -> bool {
        let due = |task: &Task<'_>| {
            let alive = task.ended.is_none();
            let dropped = task.dropped.map(|time| time.max(task.busy.unwrap_or(0)));
            let times = [task.wake, dropped].into_iter().flatten();
            alive.then(|| times.min()).flatten()
        };
        let Some(time) = self.tasks.iter().filter_map(due).min() else {
            return false;
        };
        let next: Vec<_> = (0..self.tasks.len())
            .filter(|task| due(&self.tasks[*task]) == Some(time))
            .collect();
        let task = next[self.chance.rng.random_range(0..next.len())];
        self.now = self.now.max(time);
        if let Some(until) = self.held_up(task) {
            self.tasks[task].wake = Some(until);
            return true;
        }
        let dropped = self.tasks[task].dropped;
        let dropped = dropped.is_some_and(|time| time <= self.now);
        // If the task has to be polled and dropped at the same time, the poll may not happen.
        let unturned = dropped && self.tasks[task].busy.is_none() && self.coin(2);
        if self.tasks[task].wake.is_some_and(|wake| wake <= self.now) && !unturned {
            self.poll(task);
        }
        if dropped {
            self.cancel(task);
        }
        true
    }

    /// Until when another task, which blocks the thread, delays this one.
    fn held_up(&mut self, task: usize) -> Option<Time> {
        let dropped = self.tasks[task].dropped;
        let is_going = dropped.is_some_and(|time| time <= self.now || !self.lingers);
        if self.tasks[task].busy.is_some() || is_going {
            return None;
        }
        let busy = self.tasks.iter().filter_map(|task| task.busy);
        let until = busy
            .chain(self.hogs.iter().copied())
            .filter(|until| *until > self.now)
            .max()?;
        let held = match self.chance.crowd {
            Crowd::Free => false,
            Crowd::OneThread => true,
            Crowd::AtRandom => self.coin(2),
        };
        held.then_some(until)
    }

    pub(super) fn poll(&mut self, task: usize) {
        let Some(mut work) = self.tasks[task].work.take() else {
            return; // It is already being polled.
        };
        let was_busy = self.tasks[task].busy.is_some_and(|busy| busy <= self.now);
        if self.tasks[task].busy.is_some() && !was_busy {
            self.tasks[task].work = Some(work);
            return;
        }
        self.tasks[task].busy = None;
        self.tasks[task].wake = None;
        let in_flight = std::mem::take(&mut self.tasks[task].in_flight);
        if self.tasks[task].aborted && !was_busy && !in_flight {
            self.tasks[task].work = Some(work);
            self.cancel(task);
            return;
        }
        self.tasks[task].started = true;
        let outer = std::mem::replace(&mut self.again, false);
        let polled = self.poll_work(&mut work);
        let again = std::mem::replace(&mut self.again, outer);
        match polled {
            Polled::Ready => self.end(task, Ended::Value),
            Polled::Panicked(payload) => {
                self.drop_work(&mut work, false);
                self.end(task, Ended::Panicked(payload));
            }
            Polled::Busy(until) => {
                self.tasks[task].work = Some(work);
                self.tasks[task].busy = Some(until);
                self.tasks[task].wake = Some(until);
                self.linger();
            }
            Polled::Pending => {
                let timer = self.next_timer(&work);
                self.tasks[task].work = Some(work);
                // Set by what has happened to it during the poll.
                let woken = self.tasks[task].wake;
                let late = timer.map(|timer| self.later() - self.now + timer);
                let again = again.then(|| self.later());
                self.tasks[task].wake = [woken, late, again].into_iter().flatten().min();
                if self.tasks[task].aborted {
                    self.tasks[task].wake = Some(self.now);
                }
            }
        }
    }

    /// Drops the future of a task.
    pub(super) fn cancel(&mut self, task: usize) {
        if self.tasks[task].ended.is_some() {
            return;
        }
        let Some(mut work) = self.tasks[task].work.take() else {
            return;
        };
        let started = self.tasks[task].started;
        let burst = self.drop_work(&mut work, started);
        let muffled = self.tasks[task].muffled || self.tasks[task].dropped.is_some();
        let unheard = muffled && self.coin(2);
        match burst {
            Some(payload) if !unheard => self.end(task, Ended::Panicked(payload)),
            _ => self.end(task, Ended::Cancelled),
        }
    }

    fn end(&mut self, task: usize, ended: Ended) {
        if let Some(id) = self.tasks[task].id {
            let word = match &ended {
                Ended::Value => "done",
                Ended::Cancelled => "dropped",
                Ended::Panicked(_) => "panicked",
            };
            self.see(id, "task", word);
        }
        if task == 0 {
            self.seen.insert("root".into(), ended.word());
            self.end_root();
        }
        let cut = self.tasks[task].cut && self.coin(2);
        self.tasks[task].ended = Some(if cut { Ended::Cancelled } else { ended });
        self.tasks[task].wake = None;
        for other in 0..self.tasks.len() {
            if self.tasks[other].ended.is_none() {
                self.wake(other);
            }
        }
    }

    /// The owner is dropped soon after the root has ended.
    fn end_root(&mut self) {
        let now = self.now;
        if !self.profile.ends {
            return;
        }
        let mut end = self.later();
        if self.waits && self.coin(2) {
            let busy = self.tasks.iter().filter_map(|task| task.busy);
            end = busy.chain(self.hogs.iter().copied()).fold(end, Time::max);
        }
        let gone = self.later() - now + end;
        self.gone = Some(gone);
        for task in 1..self.tasks.len() {
            let dropped = self.later() - now + end;
            self.tasks[task].dropped = Some(dropped);
        }
        self.linger();
    }

    fn linger(&mut self) {
        let busy = self.tasks.iter().filter_map(|task| task.busy).max();
        let (Some(busy), Some(gone), true) = (busy, self.gone, self.lingers) else {
            return;
        };
        let now = self.now;
        self.gone = Some(gone.max(self.later() - now + busy));
        for task in 1..self.tasks.len() {
            let later = self.later() - now + busy;
            let dropped = &mut self.tasks[task].dropped;
            *dropped = dropped.map(|time| time.max(later));
        }
    }
}
