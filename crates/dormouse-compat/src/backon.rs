//! backon's sleeper.

use std::time::Duration;

use dormouse_core::Sleeper;

/// backon's `Sleeper` on any runtime, virtual time included.
///
/// The seed of a `Virtual` does not reach the jitter of `with_jitter`, which is backon's own and another
/// one in each run: a test that is to be repeated sets `with_jitter_seed`.
///
/// # Examples
///
/// ```
/// use backon::{ConstantBuilder, Retryable};
/// use dormouse::{BlockOn, Virtual};
/// use dormouse_compat::Backon;
/// use std::time::Duration;
///
/// let runtime = Virtual::new();
/// let mut tries = 0;
/// let ask = || {
///     tries += 1;
///     let answer = if tries < 3 { Err("busy") } else { Ok("here") };
///     async move { answer }
/// };
/// let every_minute = ConstantBuilder::new().with_delay(Duration::from_secs(60));
/// let answer = runtime.block_on(ask.retry(every_minute).sleep(Backon::new(runtime.handle())));
/// assert_eq!(answer, Ok("here"));
/// assert_eq!(runtime.elapsed(), Duration::from_secs(120));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Backon<S>(S);

impl<S> Backon<S> {
    /// Wraps a sleeper for backon.
    pub const fn new(sleeper: S) -> Self {
        Self(sleeper)
    }
}

impl<S: Sleeper + 'static> backon::Sleeper for Backon<S> {
    type Sleep = S::Sleep;

    #[track_caller]
    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.0.sleep(duration)
    }
}
