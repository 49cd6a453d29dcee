//! Random delays that can be drawn again.

use rand::SeedableRng;
use rand::distr::{Distribution, Uniform};
use rand::rngs::Xoshiro256PlusPlus;

use crate::MaxDelay;

#[cfg(all(test, not(loom)))]
mod tests;

/// An endless sequence of delays in nanoseconds, uniform in `[0, max_delay]`, both ends included.
///
/// A clone draws the same delays again, which is cheaper than storing them.
#[derive(Clone)]
pub(crate) struct Draws {
    rng: Xoshiro256PlusPlus,
    delays: Uniform<u64>,
}

impl Draws {
    /// One seed gives one sequence on every machine.
    pub(crate) fn new(max_delay: MaxDelay, seed: u64) -> Self {
        Self {
            rng: Xoshiro256PlusPlus::seed_from_u64(seed),
            delays: Uniform::new_inclusive(0, max_delay.as_nanos())
                .expect("0 is the lowest number"),
        }
    }
}

impl Iterator for Draws {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        Some(self.delays.sample(&mut self.rng))
    }
}

/// A seed that is different at each call: the standard library's hash keys are as random as a delay has to be, and cost neither a system
/// call nor a dependency.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) fn any_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};

    RandomState::new().build_hasher().finish()
}

/// In a browser those keys are the same after each load of the page.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) fn any_seed() -> u64 {
    let bits = || (js_sys::Math::random() * f64::from(1_u32 << 31)) as u64;
    bits() << 31 | bits()
}
