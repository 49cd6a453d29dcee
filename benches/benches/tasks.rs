//! A task spawned and joined, and one spawned and aborted: directly with the runtime, and through
//! the traits.

use divan::Bencher;
use dormouse_benches::cases::Case;

fn main() {
    divan::main();
}

#[divan::bench(args = cases("spawn"), sample_size = 1)]
fn spawn_and_join(bencher: Bencher<'_, '_>, case: &Case) {
    repeat(bencher, case);
}

/// Through the trait it is the drop of an `AbortOnDrop`.
#[divan::bench(args = cases("abort"), sample_size = 1)]
fn spawn_and_abort(bencher: Bencher<'_, '_>, case: &Case) {
    repeat(bencher, case);
}

fn cases(work: &'static str) -> impl Iterator<Item = Case> {
    Case::ALL
        .iter()
        .copied()
        .filter(move |case| case.work == work)
}

/// So often that the start of a runtime does not count.
const COUNT: u64 = 10_000;

fn repeat(bencher: Bencher<'_, '_>, case: &Case) {
    bencher.counter(COUNT).bench(|| (case.repeat)(COUNT));
}
