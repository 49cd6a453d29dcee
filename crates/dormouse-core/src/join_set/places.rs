//! The places of a set, and the tasks in them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Poll;

use crate::JoinError;
use crate::allowance::IN_A_ROW;
use crate::join_set::member::Member;
use crate::join_set::ready::{KEPT, Key, Ready, ReadyWaker};

/// The tasks of a set, each in a place, and the keys of those that are to be polled.
pub(super) struct Places<M: Member> {
    places: Vec<Option<M>>,
    vacant: Vec<usize>,
    entered: u64,
    /// Keys taken from the shared queue, whose tasks are to be polled.
    queued: VecDeque<Key>,
    /// Keys of tasks that are to be polled once before the set waits.
    unpolled: VecDeque<Key>,
    pub(super) ready: Arc<Ready>,
}

/// The result of polling the tasks that are ready to be polled.
pub(super) enum Look<T> {
    Ended(T),
    /// None of them has ended.
    Nothing,
    /// The limit of polls was reached, so others should have their turn.
    Enough,
}

/// The tasks are compacted when less than one place in so many is taken, and when none is.
///
/// A compaction leaves at least half of the places taken, unless only `KEPT` places are left. So
/// before the next one, at least half of the tasks must end: the cost per task is constant.
const SPARSE: usize = 4;

impl<M: Member> Places<M> {
    pub(super) fn new() -> Self {
        Self {
            places: Vec::new(),
            vacant: Vec::new(),
            entered: 0,
            queued: VecDeque::new(),
            unpolled: VecDeque::new(),
            ready: Ready::new(None),
        }
    }

    /// The waker of the next task that is inserted; its future wakes it when it is dropped.
    pub(super) fn next_waker(&mut self) -> ReadyWaker {
        self.entered += 1;
        let key = Key {
            place: self.vacant.last().copied().unwrap_or(self.places.len()),
            number: self.entered,
        };
        ReadyWaker::new(key, Arc::clone(&self.ready))
    }

    /// Inserts the task; its key may be in the queue already.
    pub(super) fn insert(&mut self, task: M) {
        match self.vacant.pop() {
            Some(place) => self.places[place] = Some(task),
            None => self.places.push(Some(task)),
        }
    }

    /// Inserts a task whose future stays on its thread.
    ///
    /// If the runtime is dropped on another thread, the future is still there, and only the one that
    /// awaits the handle is woken. So the handle is polled once before the set waits.
    pub(super) fn insert_local(&mut self, task: M) {
        self.unpolled.push_back(task.waker().key());
        self.insert(task);
        if self.unpolled.len() > SPARSE * self.places.len().max(KEPT) {
            // Most of these tasks have ended: while there is a result, the set polls no other task.
            let places = &self.places;
            self.unpolled.retain(|key| task_of(places, *key).is_some());
        }
    }

    /// Queues tasks that have not been polled, as many as one look polls; `false` if there are none.
    pub(super) fn queue_unpolled(&mut self) -> bool {
        let most = self.unpolled.len().min(IN_A_ROW.into());
        self.queued.extend(self.unpolled.drain(..most));
        most > 0
    }

    pub(super) fn tasks(&mut self) -> impl Iterator<Item = &mut M> {
        self.places.iter_mut().flatten()
    }

    /// Takes all tasks out, which are not to queue their keys later.
    pub(super) fn take(&mut self) -> impl Iterator<Item = M> + use<M> {
        let tasks = std::mem::take(&mut self.places);
        self.vacant.clear();
        self.ready = Ready::new(self.ready.close());
        self.move_together();
        tasks.into_iter().flatten()
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() - self.vacant.len()
    }

    /// Polls tasks that are ready to be polled until one has ended, but at most `limit` of them. A
    /// handle that wakes itself lets others run; it is polled `again` at once only if it is asked for.
    pub(super) fn look(&mut self, limit: usize, again: bool) -> Look<Result<M::Value, JoinError>> {
        let mut polled = 0;
        while polled < limit {
            if self.queued.is_empty() {
                self.ready.swap(&mut self.queued);
            }
            let Some(key) = self.queued.pop_front() else {
                return Look::Nothing;
            };
            match self.poll(key) {
                Some(Poll::Ready(result)) => return Look::Ended(result),
                Some(Poll::Pending) if !again && self.is_queued(key) => return Look::Enough,
                Some(Poll::Pending) => polled += 1,
                // Its key was queued once more, and the task has ended since.
                None => {}
            }
        }
        Look::Enough
    }

    /// Polls this task, and removes it if it has ended; `None` if it was removed before.
    fn poll(&mut self, key: Key) -> Option<Poll<Result<M::Value, JoinError>>> {
        let place = self.places.get_mut(key.place)?.as_mut();
        let task = place.filter(|task| task.waker().number == key.number)?;
        task.waker().taken();
        let poll = task.poll();
        if poll.is_ready() {
            self.places[key.place] = None;
            self.vacant.push(key.place);
            let room = self.places.capacity();
            if self.len() == 0 || self.len() < room / SPARSE && room > KEPT {
                self.move_together();
            }
        }
        Some(poll)
    }

    fn is_queued(&self, key: Key) -> bool {
        task_of(&self.places, key).is_some_and(|task| task.waker().is_queued())
    }

    /// Moves the tasks to the first places, and frees the memory for more than twice as many: half
    /// of them can end, or as many again be spawned, before memory is moved again.
    pub(super) fn move_together(&mut self) {
        let kept = (2 * self.len()).max(KEPT);
        let (places, queued, unpolled) = (&mut self.places, &mut self.queued, &mut self.unpolled);
        self.ready.move_tasks(kept, |shared| {
            for (place, task) in places.iter().flatten().enumerate() {
                task.waker().move_to(place);
            }
            // A key whose task is no longer in the set is dropped.
            let move_key = |key: &mut Key| {
                task_of(places, *key)
                    .map(|task| key.place = task.waker().place())
                    .is_some()
            };
            queued.retain_mut(move_key);
            unpolled.retain_mut(move_key);
            shared.retain_mut(move_key);
        });
        // The order stays, so a task's place is the number of tasks before it.
        self.places.retain(Option::is_some);
        self.places.shrink_to(kept);
        self.vacant.clear();
        self.vacant.shrink_to(kept);
        self.queued.shrink_to(kept);
        self.unpolled.shrink_to(kept);
    }
}

/// The task with this key, if it is still in the set.
fn task_of<M: Member>(places: &[Option<M>], key: Key) -> Option<&M> {
    let task = places.get(key.place)?.as_ref();
    task.filter(|task| task.waker().number == key.number)
}
