//! Owns days (UTC), by which what people may use is counted. Pure.

use std::time::Duration;

use kernel::Timestamp;

/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Returns the day of a moment, in days since 1970.
pub(crate) fn day(now: Timestamp) -> i64 {
    now.millis().div_euclid(DAY_MS)
}

/// Returns how long that day lasts yet: more than nothing, a day at most.
pub(crate) fn until_tomorrow(now: Timestamp) -> Duration {
    let left = DAY_MS - now.millis().rem_euclid(DAY_MS);
    Duration::from_millis(left.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_and_lasts_until_the_next() {
        let at = |ms| {
            (
                day(Timestamp::from_millis(ms)),
                until_tomorrow(Timestamp::from_millis(ms)).as_millis(),
            )
        };
        assert_eq!([at(-1), at(0), at(DAY_MS - 1)], [(-1, 1), (0, 86_400_000), (0, 1)]);
    }
}
