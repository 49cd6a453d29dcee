//! The futures of the tasks, each of which a task of compio polls.

use std::cell::RefCell;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// The futures of all tasks that have not ended, so that the owner drops them when it goes. compio (0.12)
/// drops none while a panic unwinds, and their handles would not resolve.
#[derive(Default)]
pub(crate) struct Tasks(RefCell<List>);

#[derive(Default)]
struct List {
    /// `None` is a free place, or that of a future that is being polled.
    places: Vec<Option<Task>>,
    free: Vec<usize>,
    /// The owner is gone.
    closed: bool,
}

impl Tasks {
    /// Keeps the future; drops it if the owner is gone. Returns what compio is to poll.
    pub(crate) fn insert(
        self: &Rc<Self>,
        future: impl Future<Output = ()> + 'static,
    ) -> Option<Run> {
        // The future is foreign code, so the list is not borrowed while it is dropped.
        let future = Box::pin(future);
        let mut list = self.0.borrow_mut();
        if list.closed {
            return None;
        }
        let place = list.free.pop().unwrap_or(list.places.len());
        if place == list.places.len() {
            list.places.push(None);
        }
        list.places[place] = Some(future);
        let tasks = Rc::clone(self);
        Some(Run { tasks, place })
    }

    /// Drops all futures; one that is being polled, once that poll has ended.
    pub(crate) fn close(&self) {
        let mut list = self.0.borrow_mut();
        list.closed = true;
        let futures = (mem::take(&mut list.places), mem::take(&mut list.free));
        drop(list);
        drop(futures);
    }

    fn take(&self, place: usize) -> Option<Task> {
        self.0.borrow_mut().places.get_mut(place)?.take()
    }
}

/// Without a task, the list keeps the memory of so many: 1.5 KiB.
const KEPT: usize = 64;

/// Polls one of the futures.
pub(crate) struct Run {
    tasks: Rc<Tasks>,
    place: usize,
}

impl Future for Run {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(mut future) = self.tasks.take(self.place) else {
            return Poll::Ready(()); // the owner is gone
        };
        let poll = future.as_mut().poll(cx);
        let mut list = self.tasks.0.borrow_mut();
        if poll.is_pending() && !list.closed {
            list.places[self.place] = Some(future);
            return Poll::Pending;
        }
        drop(list);
        drop(future);
        Poll::Ready(())
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let future = self.tasks.take(self.place);
        let mut list = self.tasks.0.borrow_mut();
        if !list.closed {
            list.free.push(self.place);
            if list.free.len() == list.places.len() && list.places.len() > KEPT {
                *list = List::default();
            }
        }
        drop(list);
        drop(future);
    }
}
