//! What the macros call on a runtime, whether it is an owner or not.

use dormouse_core::{BlockOn, Sleeper};

/// A method `handle()` for types that have none: a type that is `Clone` is its own handle. An
/// owner's own method `handle()` takes precedence over this one.
pub trait Handle {
    /// The handle.
    #[must_use]
    fn handle(&self) -> Self
    where
        Self: IsHandle,
    {
        self.clone()
    }
}

impl<R> Handle for R {}

/// What can be its own handle.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no handle: it is neither an owner nor a `Sleeper` that is `Clone`",
    note = "an owner has a method `handle()` that this test can call, and its handle is a `Sleeper`",
    note = "a runtime that is no owner is a `Sleeper`, and `Clone`"
)]
pub trait IsHandle: Sleeper + Clone {}

#[diagnostic::do_not_recommend]
impl<R: Sleeper + Clone> IsHandle for R {}

/// A runtime and its driver, if these are two: both are kept, and both are dropped.
#[derive(Debug)]
pub struct Driven<B, O> {
    driver: B,
    owner: O,
}

impl<B, O> Driven<B, O> {
    /// Keeps both.
    pub fn new(driver: B, owner: O) -> Self {
        Self { driver, owner }
    }

    /// The runtime, or its owner.
    pub fn owner(&self) -> &O {
        &self.owner
    }
}

dormouse_core::__forward! { BlockOn [B: BlockOn, O] Driven<B, O>, |this| &this.driver, B }
