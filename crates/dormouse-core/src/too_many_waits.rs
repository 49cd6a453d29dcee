//! The error of asking for too many waits.

use std::error::Error;
use std::fmt;
use std::hint::black_box;

/// The error of asking for more waits than fit into memory.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooManyWaits {
    pub(crate) n: usize,
}

impl TooManyWaits {
    /// Reserves room for `n` of T, if there is also memory for `bytes` more for each of them.
    ///
    /// Fails fast: tries one allocation of the total size before anything is begun. What the
    /// runtime itself allocates for each wait can't be reserved ahead; `bytes` stands for the part
    /// of it that is known.
    pub(crate) fn reserve<T>(n: usize, bytes: usize) -> Result<Vec<T>, Self> {
        let error = Self { n };
        let total = n.checked_mul(bytes + size_of::<T>()).ok_or(error)?;
        let mut probe = Vec::<u8>::new();
        probe.try_reserve_exact(total).map_err(|_| error)?;
        // The compiler may remove an unused allocation and take it for a success; `black_box`
        // prevents that.
        drop(black_box(probe));
        let mut room = Vec::new();
        room.try_reserve_exact(n).map_err(|_| error)?;
        Ok(room)
    }

    /// What was asked for, or a panic at the caller's line.
    #[track_caller]
    pub(crate) fn or_panic<T>(waits: Result<T, Self>) -> T {
        match waits {
            Ok(waits) => waits,
            Err(error) => panic!("{error}"),
        }
    }
}

impl fmt::Display for TooManyWaits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.n;
        write!(
            f,
            "there is not enough memory for {n} waits at once: ask for fewer"
        )
    }
}

impl Error for TooManyWaits {}
