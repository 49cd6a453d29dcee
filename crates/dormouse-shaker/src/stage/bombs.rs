//! Values, payloads and wakers that panic.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;
use std::task::Wake;
use std::thread;

use crate::program::Id;

/// The payload of every panic that a program makes.
pub(crate) struct Ours(pub(crate) String);

/// A payload whose destructor panics.
pub(crate) struct Explosive(pub(crate) Id);

impl Drop for Explosive {
    fn drop(&mut self) {
        explode("a payload".into());
    }
}

/// Values whose destructors panic, unless the body runs to its end.
#[derive(Default)]
pub(crate) struct Bombs(Vec<Bomb>);

impl Bombs {
    pub(crate) fn add(&mut self, id: Id) {
        self.0.push(Bomb { id, armed: true });
    }

    pub(crate) fn defuse(&mut self) {
        for bomb in &mut self.0 {
            bomb.armed = false;
        }
    }
}

struct Bomb {
    id: Id,
    armed: bool,
}

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.armed {
            explode(format!("bomb {}", self.id));
        }
    }
}

/// The value of a task.
pub(crate) struct Output {
    id: Id,
    bomb: bool,
}

impl Output {
    pub(crate) fn new(id: Id, bomb: bool) -> Self {
        Self { id, bomb }
    }

    /// Takes the value without a panic; returns the word for it.
    pub(crate) fn take(mut self, expected: Id) -> String {
        self.bomb = false;
        if self.id == expected {
            "value".into()
        } else {
            format!("the value of task {}", self.id)
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if self.bomb {
            explode("an output".into());
        }
    }
}

/// A waker that panics.
pub(crate) struct Broken;

impl Wake for Broken {
    fn wake(self: Arc<Self>) {
        explode("a waker".into());
    }
}

/// Panics, unless the thread unwinds already: a second panic would end the process on any runtime.
fn explode(what: String) {
    if !thread::panicking() {
        panic_any(Ours(what));
    }
}

/// The word for a payload, which this drops.
pub(crate) fn word(payload: Box<dyn Any + Send>) -> String {
    let word = if let Some(ours) = payload.downcast_ref::<Ours>() {
        ours.0.clone()
    } else if let Some(Explosive(id)) = payload.downcast_ref() {
        format!("payload {id}")
    } else {
        format!("a foreign panic: {}", text(&*payload))
    };
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        drop(second);
    }
    word
}

/// "refused" if the message of the panic has these words, or else the word for the payload.
pub(crate) fn panic_text(payload: Box<dyn Any + Send>, words: &str) -> String {
    if text(&*payload).contains(words) {
        "refused".into()
    } else {
        word(payload)
    }
}

/// The text of a panic.
pub(crate) fn text(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no text")
}
