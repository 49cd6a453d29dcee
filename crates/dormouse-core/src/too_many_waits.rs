//! More waits than the memory holds.

use std::error::Error;
use std::fmt;

/// The error of asking for more waits than the memory holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooManyWaits {
    pub(crate) n: usize,
}

impl TooManyWaits {
    /// Room for `n` of T, if there is also memory for `bytes` more of each.
    ///
    /// What the runtime allocates by itself, wait by wait, can't be asked for ahead; `bytes`
    /// stands for the part of it that is known. The system says no here, before anything is
    /// begun, rather than in the middle.
    pub(crate) fn reserve<T>(n: usize, bytes: usize) -> Result<Vec<T>, Self> {
        let error = Self { n };
        // The waits are numbered in 32 bits.
        u32::try_from(n).map_err(|_| error)?;
        let total = n.checked_mul(bytes + size_of::<T>()).ok_or(error)?;
        Vec::<u8>::new()
            .try_reserve_exact(total)
            .map_err(|_| error)?;
        let mut room = Vec::new();
        room.try_reserve_exact(n).map_err(|_| error)?;
        Ok(room)
    }
}

impl fmt::Display for TooManyWaits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "there is not enough memory for {} waits at once: ask for fewer",
            self.n
        )
    }
}

impl Error for TooManyWaits {}
