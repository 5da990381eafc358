//! Owns the windows of budgets: days and months of UTC, or for ever. Refuses to know what is budgeted.

use std::time::Duration;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// A window that never ends has no time to come back at; this is said instead.
const NEVER_ENDS: Duration = Duration::from_secs(24 * 3600);

/// What a budget is for; with its end all of it is there again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Window {
    /// From midnight to midnight, UTC.
    Day,
    /// From the first to the last day of a month, UTC.
    Month,
    /// For ever.
    Total,
}

impl Window {
    /// All there are.
    pub(crate) const ALL: [Self; 3] = [Self::Day, Self::Month, Self::Total];

    /// Returns its word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Total => "total",
        }
    }

    /// Returns when the period that `now` is in began; a later period begins later. The Unix epoch for the one that never ends.
    pub(crate) fn begin(self, now: Timestamp) -> Timestamp {
        let day = Timestamp::from_millis(now.millis().div_euclid(DAY_MS).saturating_mul(DAY_MS));
        match self {
            Self::Day => day,
            Self::Month => Timestamp::from_millis(day.millis().saturating_sub(days_before(day).saturating_mul(DAY_MS))),
            Self::Total => Timestamp::from_millis(0),
        }
    }

    /// Returns when that period ends, if it does.
    pub(crate) fn end(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Day => Some(self.begin(now) + Duration::from_millis(DAY_MS.unsigned_abs())),
            // 31 days after the first of a month is in the next one, whatever the month.
            Self::Month => Some(self.begin(self.begin(now) + Duration::from_millis(31 * DAY_MS.unsigned_abs()))),
            Self::Total => None,
        }
    }

    /// Returns how long it is until all is there again.
    pub(crate) fn rest(self, now: Timestamp) -> Duration {
        self.end(now).map_or(NEVER_ENDS, |end| end.since(now))
    }
}

/// Counts the days of the month before `day`, as its date says.
fn days_before(day: Timestamp) -> i64 {
    let date = day.to_string();
    let of_month = date.get(8..10).and_then(|d| d.parse::<i64>().ok());
    of_month.unwrap_or(1).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_and_months_begin_and_end_where_the_calendar_says() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2028-02-29T23:59:59.999Z");
        assert_eq!(Window::Day.begin(now), at("2028-02-29T00:00:00Z"));
        assert_eq!(Window::Day.end(now), Some(at("2028-03-01T00:00:00Z")));
        assert_eq!(Window::Month.begin(now), at("2028-02-01T00:00:00Z"));
        assert_eq!(Window::Month.end(now), Some(at("2028-03-01T00:00:00Z")));
        assert_eq!(
            Window::Month.end(at("2027-12-01T00:00:00Z")),
            Some(at("2028-01-01T00:00:00Z"))
        );
        assert_eq!(Window::Day.rest(now), Duration::from_millis(1));
        assert_eq!((Window::Total.begin(now).millis(), Window::Total.end(now)), (0, None));
    }

    proptest! {
        #[test]
        fn every_instant_is_in_one_period_of_each_window(ms in 0i64..4_000_000_000_000) {
            let now = Timestamp::from_millis(ms);
            for window in [Window::Day, Window::Month] {
                let (begin, end) = (window.begin(now), window.end(now).unwrap());
                prop_assert!(begin <= now && now < end);
                prop_assert_eq!(window.begin(end), end, "the next begins where it ends");
                prop_assert_eq!(window.begin(begin), begin);
            }
        }
    }
}
