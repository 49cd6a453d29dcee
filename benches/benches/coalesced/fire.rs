//! Timers that fire, a task each.

use std::future::Future;
use std::time::Duration;

use dormouse::{Sleeper, Spawner};
use dormouse_benches::in_turn::cpu_nanos;

use crate::Rig;
use crate::tasks::join;

/// All timers end within this time.
const SPAN: Duration = Duration::from_millis(200);

impl Rig<'_> {
    /// CPU time per timer.
    pub(crate) fn fire(&self, standing: u64) {
        let n = self.cycles.max(100_000);
        let (tokio, smol) = (&self.tokio, &self.smol);
        self.table(
            &format!("arm + fire, {standing} standing, a task each, CPU"),
            &mut [
                ("tokio", &mut || cpu(tokio, n, tokio::time::sleep)),
                ("coalesced tokio", &mut || {
                    cpu(tokio, n, |after| self.coalesced.sleep(after))
                }),
                ("smol", &mut || cpu(smol, n, |after| smol.sleep(after))),
                ("coalesced smol", &mut || {
                    cpu(smol, n, |after| self.coalesced_smol.sleep(after))
                }),
            ],
        );
    }
}

fn cpu<F: Future<Output = ()> + Send + 'static>(
    spawner: &impl Spawner,
    n: u32,
    sleep: impl Fn(Duration) -> F,
) -> f64 {
    let sleeps = (0..n).map(|number| sleep(SPAN.mul_f64(f64::from(number) / f64::from(n))));
    cpu_nanos(n, || join(spawner, sleeps))
}
