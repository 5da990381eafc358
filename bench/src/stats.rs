//! Owns percentiles, medians and rounding. Refuses to know what the numbers mean.

use std::time::{Duration, Instant};

/// Every latency of a run, in nanoseconds; nothing is thrown away before the percentiles are taken. One may be negative
/// where two things race, such as the answer to a sender and the frame to a member.
#[derive(Default)]
pub struct Samples(Vec<i64>);

impl Samples {
    /// Adds one latency.
    pub fn add(&mut self, latency: Duration) {
        self.0.push(i64::try_from(latency.as_nanos()).unwrap_or(i64::MAX));
    }

    /// Adds the time from `earlier` to `later`, which may be the other way round.
    pub fn add_between(&mut self, earlier: Instant, later: Instant) {
        match later.checked_duration_since(earlier) {
            Some(latency) => self.add(latency),
            None => self
                .0
                .push(-i64::try_from((earlier - later).as_nanos()).unwrap_or(i64::MAX)),
        }
    }

    /// Adds all of `other`.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the `q` quantile (0 to 1) in microseconds, by nearest rank; 0 when empty.
    pub fn quantile_us(&mut self, q: f64) -> f64 {
        self.0.sort_unstable();
        let rank = ((self.0.len() as f64 * q).ceil() as usize).max(1) - 1;
        round(self.0.get(rank).copied().unwrap_or(0) as f64 / 1_000.0)
    }
}

/// Returns the median; 0 when empty.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or(0.0);
    if values.len() % 2 == 1 {
        at(middle)
    } else {
        f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
    }
}

/// Returns the smallest and the largest; 0 and 0 when empty.
pub fn spread(values: &[f64]) -> (f64, f64) {
    let low = values.iter().copied().reduce(f64::min).unwrap_or(0.0);
    let high = values.iter().copied().reduce(f64::max).unwrap_or(0.0);
    (low, high)
}

/// Rounds to three decimals, so that the results stay readable.
pub fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// Formats for a table: no decimals from 1,000 on, else three significant places.
pub fn show(value: f64) -> String {
    let size = value.abs();
    if size >= 1_000.0 {
        group_thousands(value.round() as i64)
    } else if size >= 100.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

fn group_thousands(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_odd_even_and_nothing() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median([]), 0.0);
    }

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let mut samples = Samples::default();
        (1..=100).for_each(|us| samples.add(Duration::from_micros(us)));
        assert_eq!(
            (
                samples.quantile_us(0.5),
                samples.quantile_us(0.99),
                samples.quantile_us(1.0)
            ),
            (50.0, 99.0, 100.0)
        );
    }

    #[test]
    fn a_race_may_be_lost_by_the_later_one() {
        let (now, mut samples) = (Instant::now(), Samples::default());
        samples.add_between(now, now + Duration::from_micros(5));
        samples.add_between(now + Duration::from_micros(7), now);
        assert_eq!((samples.quantile_us(0.5), samples.quantile_us(1.0)), (-7.0, 5.0));
    }

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(
            (show(1_234_567.4), show(-1000.0), show(12.34)),
            ("1,234,567".into(), "-1,000".into(), "12.3".into())
        );
    }
}
