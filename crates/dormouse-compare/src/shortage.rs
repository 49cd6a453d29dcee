//! Memory that waits need and the machine has not.

use std::fmt;

use crate::machine;
use crate::mode::Mode;
use crate::units;

/// More memory is needed than is free.
#[derive(Clone, Copy, Debug)]
pub struct Shortage {
    needed: u128,
    free: u64,
    /// How many waits there is memory for.
    pub most: u128,
}

impl Shortage {
    /// What so many waits of `wait_n` lack in this mode; `None` if there is enough, or the system does
    /// not tell.
    #[must_use]
    pub fn of_waits(n: usize, mode: Mode) -> Option<Self> {
        // A little more than the most that any runtime was measured to take.
        let bytes = match mode {
            Mode::Join => 200,
            Mode::Coalesced => 16,
            _ => 480,
        };
        let (needed, free) = (n as u128 * bytes, machine::available_bytes()?);
        (needed > u128::from(free)).then(|| Self {
            needed,
            free,
            most: u128::from(free) / bytes,
        })
    }
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "some {} of memory, and {} are free",
            units::bytes(self.needed as f64),
            units::bytes(self.free as f64)
        )
    }
}
