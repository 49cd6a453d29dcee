//! Compares two configurations of one runtime from code: what `dormouse compare` does, in short.
//!
//! There are several rounds, with one seed for both, and the order changes from round to round. The
//! result is the ratio of the two in each round, and the median of those. The command also uses
//! separate processes and gives intervals; this example uses the library alone.
//!
//! ```sh
//! cargo run --release -p dormouse --example two_configurations --features tokio
//! ```

use std::time::{Duration, Instant};

use dormouse::{BlockOn, TokioRuntime, task_wait_n_with};

/// The time that this many waits take beyond the longest of them.
fn overhead(runtime: &TokioRuntime, seed: u64) -> Duration {
    let start = Instant::now();
    let max_delay = Duration::from_millis(100);
    let delays = runtime.block_on(task_wait_n_with(runtime, 5_000, max_delay, seed));
    let longest = delays.last().copied().unwrap_or(0.0);
    start.elapsed() - Duration::from_secs_f64(longest)
}

fn main() {
    let one = TokioRuntime::multi_thread(1);
    let two = TokioRuntime::multi_thread(2);
    // A first use of each, so that what starts then is not measured.
    overhead(&one, 0);
    overhead(&two, 0);
    let mut ratios: Vec<f64> = (1..=9)
        .map(|round| {
            let (of_one, of_two) = if round % 2 == 0 {
                let of_one = overhead(&one, round);
                (of_one, overhead(&two, round))
            } else {
                let of_two = overhead(&two, round);
                (overhead(&one, round), of_two)
            };
            println!("round {round}: one worker {of_one:.1?}, two workers {of_two:.1?}");
            of_two.as_secs_f64() / of_one.as_secs_f64()
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    let (least, median, most) = (ratios[0], ratios[4], ratios[8]);
    println!("two workers by one: {median:.2}, from {least:.2} to {most:.2} in nine rounds");
}
