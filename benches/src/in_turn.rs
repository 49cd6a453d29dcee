//! Measures several things in turn, and compares each with the first.

use dormouse_compare::machine::Usage;
use dormouse_compare::median;

/// Measures each row once in every round, in turn forwards and backwards, and prints for each row
/// the median in nanoseconds and the median of the rounds' ratios to the first row.
pub fn in_turn<M: FnMut() -> f64>(title: &str, rounds: u32, rows: &mut [(&str, M)]) {
    let mut figures = vec![Vec::new(); rows.len()];
    for round in 0..rounds {
        // Each finds the heap as the one before it has left it, so that is not always the same one.
        for place in 0..rows.len() {
            let row = if round % 2 == 0 {
                place
            } else {
                rows.len() - 1 - place
            };
            figures[row].push(rows[row].1());
        }
    }
    println!("\n{title}");
    for ((name, _), row) in rows.iter().zip(&figures) {
        let ratios = row
            .iter()
            .zip(&figures[0])
            .map(|(figure, first)| figure / first);
        let (ratio, nanos) = (median(ratios.collect()), median(row.clone()));
        let (ratio, nanos) = (ratio.unwrap_or(f64::NAN), nanos.unwrap_or(f64::NAN));
        println!("  {name:16} {nanos:8.0} ns  {ratio:5.2}x");
    }
}

/// The CPU time in nanoseconds that this process takes for `run`, divided by `n`.
pub fn cpu_nanos(n: u32, run: impl FnOnce()) -> f64 {
    let before = cpu_s();
    run();
    (cpu_s() - before) * 1e9 / f64::from(n)
}

/// The CPU time that all threads of this process have taken so far, in seconds.
///
/// # Panics
///
/// If the system does not provide it.
#[must_use]
pub fn cpu_s() -> f64 {
    Usage::now().expect("the system tells CPU time").cpu_s()
}
