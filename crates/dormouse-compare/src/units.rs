//! Figures as text, with three digits and a unit.

/// A time in seconds.
#[must_use]
pub fn seconds(seconds: f64) -> String {
    let magnitude = seconds.abs();
    // A value that would be rounded to 1000 gets the next unit.
    let (scaled, unit) = if magnitude >= 0.9995 {
        (seconds, "s")
    } else if magnitude >= 0.9995e-3 {
        (seconds * 1e3, "ms")
    } else if magnitude >= 0.9995e-6 {
        (seconds * 1e6, "µs")
    } else {
        (seconds * 1e9, "ns")
    };
    format!("{} {unit}", three_digits(scaled))
}

/// A number of bytes, in units of powers of 1024.
#[must_use]
pub fn bytes(bytes: f64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut scaled = bytes;
    let mut unit = 0;
    while scaled >= 1000.0 && unit + 1 < units.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    format!("{} {}", three_digits(scaled), units[unit])
}

/// A number of things.
#[must_use]
pub fn count(count: f64) -> String {
    // The median of two counts may end in .5.
    format!("{}", (count * 10.0).round() / 10.0)
}

/// A number of things per second.
#[must_use]
pub fn rate(rate: f64) -> String {
    let (scaled, unit) = if rate.abs() >= 999_500.0 {
        (rate / 1e6, "M/s")
    } else if rate.abs() >= 999.5 {
        (rate / 1e3, "k/s")
    } else {
        (rate, "/s")
    };
    format!("{} {unit}", three_digits(scaled))
}

/// A number with its noun, such as `1 core` or `2 cores`.
#[must_use]
pub fn counted(count: usize, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        _ => format!("{count} {thing}s"),
    }
}

/// A noun in the singular: the few that are counted have a regular plural.
pub(crate) fn singular(things: &str) -> &str {
    things.strip_suffix('s').unwrap_or(things)
}

/// A ratio.
#[must_use]
pub fn ratio(ratio: f64) -> String {
    let magnitude = ratio.abs();
    if magnitude >= 0.0995 || magnitude == 0.0 {
        return format!("{}×", three_digits(ratio));
    }
    // A small ratio gets more decimals, so that it is never shown as 0.00.
    let decimals = (1 - magnitude.log10().floor() as i32).clamp(2, 9) as usize;
    format!("{ratio:.decimals$}×")
}

fn three_digits(number: f64) -> String {
    let decimals = match number.abs() {
        magnitude if magnitude >= 99.95 || magnitude == 0.0 => 0,
        magnitude if magnitude >= 9.995 => 1,
        _ => 2,
    };
    format!("{number:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_and_a_unit() {
        for (figure, text) in [
            (12.345, "12.3 s"),
            (0.001234, "1.23 ms"),
            (99.96e-6, "100 µs"),
            (-5e-7, "-500 ns"),
            (0.0, "0 ns"),
            (0.999_9, "1.00 s"),
        ] {
            assert_eq!(seconds(figure), text);
        }
        for (figure, text) in [
            (25.0, "25.0×"),
            (0.5, "0.50×"),
            (0.0412, "0.041×"),
            (0.001, "0.0010×"),
        ] {
            assert_eq!(ratio(figure), text);
        }
        assert_eq!(bytes(1536.0), "1.50 KiB");
        assert_eq!(bytes(1000.0), "0.98 KiB");
        assert_eq!(bytes(256.0), "256 B");
    }
}
