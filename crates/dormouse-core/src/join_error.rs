//! The error of a task that was cancelled or has panicked.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};

type Payload = Box<dyn Any + Send>;

/// Why a task gave no value: it was cancelled, or it panicked.
///
/// Dropping it drops the payload of the panic; a panic of that one's destructor is the dropper's.
///
/// # Examples
///
/// ```
/// use dormouse_core::{BlockOn, Spawner};
///
/// let runtime = dormouse_smol::Smol;
/// let error = runtime.block_on(runtime.spawn(async { panic!("burnt") })).unwrap_err();
/// assert!(error.is_panic());
/// assert_eq!(error.to_string(), "the task panicked: burnt");
/// assert_eq!(*error.into_panic().downcast::<&str>().unwrap(), "burnt");
/// ```
///
/// It converts into an [`io::Error`]:
///
/// ```
/// use dormouse_core::SpawnBlocking;
/// use std::{fs, io};
///
/// async fn text<R: SpawnBlocking>(runtime: &R) -> io::Result<String> {
///     runtime.spawn_blocking(|| fs::read_to_string("Cargo.toml")).await?
/// }
///
/// # use dormouse_core::BlockOn;
/// let runtime = dormouse_smol::Smol;
/// assert!(runtime.block_on(text(&runtime)).unwrap().contains("dormouse"));
/// ```
pub struct JoinError {
    // `None` is a cancellation. The lock makes the error `Sync`, which a payload need not be;
    // the box keeps every handle that holds a result small.
    panic: Option<Box<Mutex<Payload>>>,
}

impl JoinError {
    /// The error of a task that was aborted, or whose runtime is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::JoinError;
    ///
    /// let error = JoinError::cancelled();
    /// assert!(error.is_cancelled() && !error.is_panic());
    /// assert_eq!(error.to_string(), "the task was cancelled");
    /// ```
    #[must_use]
    pub fn cancelled() -> Self {
        Self { panic: None }
    }

    /// The error of a task that panicked with `payload`.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::JoinError;
    ///
    /// // What an adapter does with a task's panic.
    /// let payload = std::panic::catch_unwind(|| panic!("burnt")).unwrap_err();
    /// let error = JoinError::panicked(payload);
    /// assert_eq!(error.to_string(), "the task panicked: burnt");
    /// ```
    #[must_use]
    pub fn panicked(payload: Box<dyn Any + Send>) -> Self {
        Self {
            panic: Some(Box::new(Mutex::new(payload))),
        }
    }

    /// Whether the task was aborted, or its runtime is gone.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.panic.is_none()
    }

    /// Whether the task panicked.
    #[must_use]
    pub fn is_panic(&self) -> bool {
        self.panic.is_some()
    }

    /// The payload of the panic, for [`std::panic::resume_unwind`], or to inspect it.
    ///
    /// # Panics
    ///
    /// If the task did not panic: check [`is_panic`](Self::is_panic) first, or use
    /// [`try_into_panic`](Self::try_into_panic).
    #[must_use]
    #[track_caller]
    pub fn into_panic(self) -> Box<dyn Any + Send> {
        self.try_into_panic()
            .expect("the task was cancelled, it did not panic: ask `is_panic` first")
    }

    /// The payload of the panic.
    ///
    /// # Errors
    ///
    /// The error itself, if the task did not panic.
    ///
    /// # Examples
    ///
    /// ```
    /// use dormouse_core::JoinError;
    ///
    /// let panicked = JoinError::panicked(Box::new(42_u8));
    /// assert_eq!(*panicked.try_into_panic().unwrap().downcast::<u8>().unwrap(), 42);
    /// assert!(JoinError::cancelled().try_into_panic().is_err());
    /// ```
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send>, Self> {
        match self.panic {
            Some(payload) => Ok(payload.into_inner().unwrap_or_else(PoisonError::into_inner)),
            None => Err(self),
        }
    }

    /// Panics for a caller that awaits `what`: with the task's own panic, if there was one.
    pub(crate) fn raise(self, what: &str) -> ! {
        match self.try_into_panic() {
            Ok(payload) => resume_unwind(payload),
            Err(_) => panic!("a task of {what} was cancelled: has its runtime been shut down?"),
        }
    }

    /// The message of the panic, if its payload is a string, as that of `panic!` is.
    fn message(&self) -> Option<String> {
        let payload = self.panic.as_ref()?.lock();
        let payload = payload.unwrap_or_else(PoisonError::into_inner);
        let text = payload.downcast_ref::<&str>().copied();
        text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .map(str::to_owned)
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_panic(), self.message()) {
            (false, _) => f.write_str("the task was cancelled"),
            (true, None) => f.write_str("the task panicked"),
            (true, Some(message)) => write!(f, "the task panicked: {message}"),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_panic(), self.message()) {
            (false, _) => f.write_str("JoinError::Cancelled"),
            (true, None) => f.write_str("JoinError::Panicked"),
            (true, Some(message)) => write!(f, "JoinError::Panicked({message:?})"),
        }
    }
}

impl Error for JoinError {}

/// For `?` in functions that return an `io::Result`; its kind is [`Other`](io::ErrorKind::Other).
impl From<JoinError> for io::Error {
    fn from(error: JoinError) -> Self {
        Self::other(error)
    }
}
