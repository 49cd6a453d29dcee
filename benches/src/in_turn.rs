//! Things measured in turn, and what each takes beside the first.

use crate::process::cpu_time;

/// Measures each row once in every round, and prints the medians, in nanoseconds, and the medians of
/// the ratios to the first row within the rounds.
pub fn in_turn<M: FnMut() -> f64>(title: &str, rounds: u32, rows: &mut [(&str, M)]) {
    let mut figures = vec![Vec::new(); rows.len()];
    for _ in 0..rounds {
        for ((_, run), figures) in rows.iter_mut().zip(&mut figures) {
            figures.push(run());
        }
    }
    println!("\n{title}");
    for ((name, _), row) in rows.iter().zip(&figures) {
        let ratios = row
            .iter()
            .zip(&figures[0])
            .map(|(figure, first)| figure / first);
        let ratio = median(ratios.collect());
        println!("  {name:16} {:8.0} ns  {ratio:5.2}x", median(row.clone()));
    }
}

/// The CPU time of this process for each of `n` that `run` does, in nanoseconds.
pub fn cpu_nanos(n: u32, run: impl FnOnce()) -> f64 {
    let before = cpu_time().total();
    run();
    (cpu_time().total() - before).as_secs_f64() * 1e9 / f64::from(n)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
