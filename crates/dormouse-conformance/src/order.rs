//! What every list of delays must be.

use dormouse_core::MaxDelay;

/// Checks a list of delays in seconds: n of them, each in `[0, max_delay]`, ascending.
///
/// # Errors
///
/// What is wrong with the list, with the figures.
///
/// # Examples
///
/// ```
/// use dormouse_conformance::check_list;
///
/// assert_eq!(check_list(&[0.1, 0.2, 0.2], 3, 1), Ok(()));
/// assert_eq!(
///     check_list(&[0.1, 0.3, 0.2], 3, 1).unwrap_err(),
///     "1 of 3 delays is smaller than the one before it: number 2 is 0.2 after 0.3",
/// );
/// ```
pub fn check_list(delays: &[f64], n: usize, max_delay: impl Into<MaxDelay>) -> Result<(), String> {
    let max = max_delay.into().as_secs_f64();
    if delays.len() != n {
        return Err(format!("{} delays came back from {n} waits", delays.len()));
    }
    // A NaN is in no range.
    let outside = delays.iter().position(|delay| !(0.0..=max).contains(delay));
    if let Some(number) = outside {
        return Err(format!(
            "delay number {number} is {}, not in [0, {max}]",
            delays[number]
        ));
    }
    let descents = || (1..n).filter(|&number| delays[number] < delays[number - 1]);
    let Some(first) = descents().next() else {
        return Ok(());
    };
    let count = descents().count();
    let are = if count == 1 { "is" } else { "are" };
    Err(format!(
        "{count} of {n} delays {are} smaller than the one before it: number {first} is {} after {}",
        delays[first],
        delays[first - 1],
    ))
}
