//! Measures several things in turn, and compares each with the first.

use dormouse_compare::median;

use crate::process::cpu_time;

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
    let before = cpu_time().total();
    run();
    (cpu_time().total() - before).as_secs_f64() * 1e9 / f64::from(n)
}
