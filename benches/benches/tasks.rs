//! A task that is spawned and joined, or spawned and aborted: directly with the runtime, and through
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

/// Through the trait, the abort is the drop of an `AbortOnDrop`.
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

/// Enough repetitions that the start of a runtime does not matter.
const COUNT: u64 = 10_000;

fn repeat(bencher: Bencher<'_, '_>, case: &Case) {
    bencher.counter(COUNT).bench(|| (case.repeat)(COUNT));
}
