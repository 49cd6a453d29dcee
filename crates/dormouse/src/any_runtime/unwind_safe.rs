//! The types of [`AnyRuntime`] may be used after a panic that unwound through them.
//!
//! The compiler can't see this behind their `dyn` pointers. No panic breaks a runtime: the contract
//! of [`Task`](crate::Task) keeps each in its task. What else a panic unwinds through is
//! `block_on`, which ends its future there.

use std::panic::{RefUnwindSafe, UnwindSafe};

use crate::{AnyHandle, AnyRuntime, AnySleep, AnyTask};

impl RefUnwindSafe for AnyRuntime {}
impl UnwindSafe for AnyRuntime {}
impl RefUnwindSafe for AnyHandle {}
impl UnwindSafe for AnyHandle {}
impl RefUnwindSafe for AnySleep {}
impl UnwindSafe for AnySleep {}
impl<T> RefUnwindSafe for AnyTask<T> {}
impl<T> UnwindSafe for AnyTask<T> {}
