//! The cases as values.

use std::fmt;

use dormouse_core::{BlockOn, LocalSpawner, Runtime, Sleeper, SpawnBlocking};

/// A case as a value, to run the suite by other means than `#[test]`.
#[non_exhaustive]
pub struct Case<R, B> {
    /// The name of its function.
    pub name: &'static str,
    /// The name of the module it is in.
    pub file: &'static str,
    /// Whether it is only for a runtime that needs no driver.
    pub alone: bool,
    /// Whether it ends the runtime by dropping its driver: not for a runtime that would go on.
    pub ends: bool,
    /// Runs it, and panics if the promise is broken.
    pub run: fn(R, B),
}

/// All the cases of [`conformance!`](crate::conformance).
///
/// # Examples
///
/// ```
/// use dormouse_conformance::{cases, watch};
/// use dormouse_smol::SmolExecutor;
///
/// for case in cases::all().into_iter().filter(|case| case.name.contains("zero")) {
///     watch(case.name, move || {
///         let owner = SmolExecutor::new(1);
///         (case.run)(owner.handle(), owner);
///     });
/// }
/// ```
#[must_use]
pub fn all<R: Runtime, B: BlockOn + 'static>() -> Vec<Case<R, B>> {
    chosen::<R, B, Every>()
}

/// All the cases of [`blocking_conformance!`](crate::blocking_conformance).
#[must_use]
pub fn all_blocking<R: Runtime + SpawnBlocking, B: BlockOn + 'static>() -> Vec<Case<R, B>> {
    chosen_blocking::<R, B, Every>()
}

/// The cases of [`local_conformance!`](crate::local_conformance) on local tasks.
#[must_use]
pub fn all_local<R, B>() -> Vec<Case<R, B>>
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone + 'static,
    B: BlockOn + 'static,
{
    chosen_local::<R, B, Every>()
}

/// The files whose cases a list holds. The compiler builds no others.
#[doc(hidden)]
pub trait Files {
    /// Their names; without, it holds the cases of every file.
    const NAMES: Option<&'static [&'static str]>;
}

enum Every {}

impl Files for Every {
    const NAMES: Option<&'static [&'static str]> = None;
}

/// Those of [`all`] in some files.
#[doc(hidden)]
#[must_use]
pub fn chosen<R: Runtime, B: BlockOn + 'static, F: Files>() -> Vec<Case<R, B>> {
    crate::__each_case! { __cases F }
}

/// Those of [`all_blocking`] in some files.
#[doc(hidden)]
#[must_use]
pub fn chosen_blocking<R, B, F: Files>() -> Vec<Case<R, B>>
where
    R: Runtime + SpawnBlocking,
    B: BlockOn + 'static,
{
    crate::__each_blocking_case! { __cases F }
}

/// Those of [`all_local`] in some files.
#[doc(hidden)]
#[must_use]
pub fn chosen_local<R, B, F: Files>() -> Vec<Case<R, B>>
where
    R: Sleeper<Sleep: 'static> + LocalSpawner + Clone + 'static,
    B: BlockOn + 'static,
{
    crate::__each_local_case! { __cases F }
}

/// Whether a file is one of these.
const fn has(names: Option<&[&str]>, file: &str) -> bool {
    let Some(mut names) = names else {
        return true;
    };
    while let [name, rest @ ..] = names {
        if is_equal(name.as_bytes(), file.as_bytes()) {
            return true;
        }
        names = rest;
    }
    false
}

/// `==` is no constant function yet.
const fn is_equal(mut left: &[u8], mut right: &[u8]) -> bool {
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        if *a != *b {
            return false;
        }
        (left, right) = (left_rest, right_rest);
    }
    left.is_empty() && right.is_empty()
}

/// The cases of all but tasks, for any runtime.
pub(crate) fn taskless<R: Sleeper + Clone, B: BlockOn>() -> Vec<Case<R, B>> {
    crate::__each_case! { __taskless_cases }
}

/// Those of closures that block.
pub(crate) fn taskless_blocking<R, B>() -> Vec<Case<R, B>>
where
    R: Sleeper + SpawnBlocking + 'static,
    B: BlockOn + 'static,
{
    crate::__each_blocking_case! { __taskless_cases }
}

impl<R, B> fmt::Debug for Case<R, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
