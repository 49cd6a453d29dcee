//! The tasks of a set, and their results in the order in which they end.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use crate::adapter::{noop, take_turn};
use crate::allowance::{Allowance, IN_A_ROW};
use crate::join_set::ready::{KEPT, Key, Ready, ReadyWaker};
use crate::{JoinError, Task};

/// The tasks of a set, each with a `ReadyWaker`; only tasks whose waker was woken are polled.
///
/// That waker puts the key of its task into a queue. The future of the task holds it, too, and
/// wakes it when it is dropped. That is just before the handle resolves, so as a rule the handle is
/// polled once, when it is ready. If it is not ready yet, the poll registers that waker. So the
/// tasks are queued in the order in which they end, whether or not the set is awaited, and no task
/// is polled as it is spawned.
pub(super) struct Members<M: Task> {
    tasks: Tasks<M>,
    allowance: Allowance,
}

struct Tasks<M: Task> {
    places: Vec<Option<Member<M>>>,
    vacant: Vec<usize>,
    entered: u64,
    /// Keys taken from the shared queue, whose tasks are to be polled.
    queued: VecDeque<Key>,
    ready: Arc<Ready>,
}

struct Member<M> {
    task: M,
    waker: Arc<ReadyWaker>,
}

/// The result of polling the tasks that are ready to be polled.
enum Look<T> {
    Ended(T),
    /// None of them has ended.
    Nothing,
    /// The limit of polls was reached, so others should have their turn.
    Enough,
}

/// The tasks are compacted when less than one place in so many is taken.
///
/// A compaction leaves at least half of the places taken, unless only `KEPT` places are left. So
/// before the next one, at least half of the tasks must end: the cost per task is constant.
const SPARSE: usize = 4;

impl<M: Task> Members<M> {
    pub(super) fn new() -> Self {
        Self {
            tasks: Tasks {
                places: Vec::new(),
                vacant: Vec::new(),
                entered: 0,
                queued: VecDeque::new(),
                ready: Ready::new(),
            },
            allowance: Allowance::new(),
        }
    }

    /// The waker of the next task that is inserted; its future wakes it when it is dropped.
    pub(super) fn next_waker(&mut self) -> Arc<ReadyWaker> {
        let tasks = &mut self.tasks;
        tasks.entered += 1;
        let key = Key {
            place: tasks.vacant.last().copied().unwrap_or(tasks.places.len()),
            number: tasks.entered,
        };
        ReadyWaker::new(key, Arc::clone(&tasks.ready))
    }

    /// Inserts the task; its key may be in the queue already.
    pub(super) fn insert(&mut self, task: M, waker: Arc<ReadyWaker>) {
        let member = Some(Member { task, waker });
        match self.tasks.vacant.pop() {
            Some(place) => self.tasks.places[place] = member,
            None => self.tasks.places.push(member),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Polls for the next result; `None` if there are no tasks.
    pub(super) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<M::Value, JoinError>>> {
        let tasks = &mut self.tasks;
        if tasks.len() == 0 {
            return Poll::Ready(None);
        }
        self.allowance.poll(cx, |cx| {
            // Not when a handle is polled: its result would come after those of later ends.
            ready!(take_turn(cx));
            while tasks.len() > 0 {
                match tasks.look(IN_A_ROW.into(), false) {
                    Look::Ended(result) => return Poll::Ready(Some(result)),
                    Look::Nothing if tasks.ready.wait(cx.waker()) => return Poll::Pending,
                    // A task became ready in between.
                    Look::Nothing => {}
                    Look::Enough => {
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
            }
            Poll::Ready(None)
        })
    }

    /// The next result, if a task has ended.
    pub(super) fn try_next(&mut self) -> Option<Result<M::Value, JoinError>> {
        while take_turn(&mut Context::from_waker(noop())).is_pending() {}
        // A handle that wakes itself is polled again.
        match self.tasks.look(self.len() + 1, true) {
            Look::Ended(result) => Some(result),
            Look::Nothing | Look::Enough => None,
        }
    }

    #[cfg(all(test, loom))]
    pub(super) fn move_together(&mut self) {
        self.tasks.move_together();
    }

    pub(super) fn abort_all(&mut self) {
        for member in self.tasks.places.iter_mut().flatten() {
            member.task.abort();
        }
    }

    pub(super) fn detach_all(&mut self) {
        let members = std::mem::take(&mut self.tasks.places);
        self.tasks.vacant.clear();
        self.tasks.shrink();
        for member in members.into_iter().flatten() {
            member.task.detach();
        }
    }
}

impl<M: Task> Tasks<M> {
    fn len(&self) -> usize {
        self.places.len() - self.vacant.len()
    }

    /// Polls tasks that are ready to be polled until one has ended, but at most `limit` of them. A
    /// handle that wakes itself lets others run; it is polled `again` at once only if it is asked for.
    fn look(&mut self, limit: usize, again: bool) -> Look<Result<M::Value, JoinError>> {
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
        let member = place.filter(|member| member.waker.number() == key.number)?;
        member.waker.taken();
        let waker = Waker::from(Arc::clone(&member.waker));
        let poll = Pin::new(&mut member.task).poll(&mut Context::from_waker(&waker));
        if poll.is_ready() {
            self.places[key.place] = None;
            self.vacant.push(key.place);
            if self.len() == 0 {
                self.places.clear();
                self.vacant.clear();
                self.shrink();
            } else if self.len() < self.places.capacity() / SPARSE && self.places.capacity() > KEPT
            {
                self.move_together();
            }
        }
        Some(poll)
    }

    fn is_queued(&self, key: Key) -> bool {
        let member = self.places[key.place].as_ref();
        member.is_some_and(|member| member.waker.is_queued())
    }

    /// Moves the tasks to the first places, and frees the memory for more than twice as many: half
    /// of them can end, or as many again be spawned, before memory is moved again.
    fn move_together(&mut self) {
        let kept = (2 * self.len()).max(KEPT);
        let (places, queued) = (&mut self.places, &mut self.queued);
        self.ready.move_tasks(kept, |shared| {
            for (place, member) in places.iter().flatten().enumerate() {
                member.waker.move_to(place);
            }
            // A key whose task is no longer in the set is dropped.
            let move_key = |key: &mut Key| {
                let member = places.get(key.place).and_then(Option::as_ref);
                let member = member.filter(|member| member.waker.number() == key.number);
                member
                    .map(|member| key.place = member.waker.place())
                    .is_some()
            };
            queued.retain_mut(move_key);
            shared.retain_mut(move_key);
        });
        // The order stays, so a task's place is the number of tasks before it.
        self.places.retain(Option::is_some);
        self.places.shrink_to(kept);
        self.vacant.clear();
        self.vacant.shrink_to(kept);
        self.queued.shrink_to(kept);
    }

    /// Frees the memory of a set that was large. The set is empty, so all keys are stale.
    fn shrink(&mut self) {
        self.places.shrink_to(KEPT);
        self.vacant.shrink_to(KEPT);
        self.queued.clear();
        self.queued.shrink_to(KEPT);
        self.ready.clear();
    }
}

impl<M: Task> Drop for Members<M> {
    fn drop(&mut self) {
        self.abort_all();
        self.tasks.ready.forget_waiter();
    }
}
