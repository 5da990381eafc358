//! Owns quiet hours: a time of day, every day, in a person's own time zone, over its changes to summer time and back. Refuses to
//! know a machine's zone: the database of zones is compiled in.

use jiff::tz::TimeZone;
use kernel::{Fault, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MINUTE_MS: i64 = 60_000;
/// Minutes that are looked ahead: quiet hours are less than a day, and a change of the clocks adds at most three hours.
const LOOK_AHEAD_MINUTES: i64 = 27 * 60;

/// A minute of the day, `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Minute(u16);

impl Minute {
    #[cfg(test)]
    pub(crate) const fn of(minute: u16) -> Self {
        Self(minute)
    }
}

impl TryFrom<String> for Minute {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "is a time of day as HH:MM";
        let digits = |part: &str| match part.as_bytes() {
            [b'0'..=b'9', b'0'..=b'9'] => part.parse::<u16>().map_err(|_| wrong),
            _ => Err(wrong),
        };
        let (hours, minutes) = text.split_once(':').ok_or(wrong)?;
        let (hours, minutes) = (digits(hours)?, digits(minutes)?);
        if hours > 23 || minutes > 59 {
            return Err(wrong);
        }
        Ok(Self(hours * 60 + minutes))
    }
}

impl From<Minute> for String {
    fn from(Minute(at): Minute) -> Self {
        format!("{:02}:{:02}", at / 60, at % 60)
    }
}

/// From `start` to just before `end`, over midnight when `end` is earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuietHours {
    /// `HH:MM`.
    #[schema(value_type = String, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "22:00")]
    pub(crate) start: Minute,
    /// `HH:MM`, another than `start`.
    #[schema(value_type = String, pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "07:00")]
    pub(crate) end: Minute,
}

impl QuietHours {
    /// Tells whether it is quiet at `at`, by the clock on the wall.
    pub(crate) fn holds(self, zone: &TimeZone, at: Timestamp) -> bool {
        let Ok(at) = jiff::Timestamp::from_millisecond(at.millis()) else {
            return false;
        };
        let wall = zone.to_datetime(at).time();
        let minute = i32::from(wall.hour()) * 60 + i32::from(wall.minute());
        let (start, end) = (i32::from(self.start.0), i32::from(self.end.0));
        if start <= end {
            (start..end).contains(&minute)
        } else {
            minute >= start || minute < end
        }
    }

    /// Returns the first instant after `now` at which it is quiet no more; none when it is not quiet. Looks minute by minute, which is right
    /// whatever the clocks do, at most 27 hours ahead.
    pub(crate) fn until(self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        if !self.holds(zone, now) {
            return None;
        }
        let minute = now.millis().div_euclid(MINUTE_MS);
        let mut ahead = (1..=LOOK_AHEAD_MINUTES).map(|n| Timestamp::from_millis((minute + n) * MINUTE_MS));
        ahead.find(|at| !self.holds(zone, *at))
    }
}

/// Finds a time zone by its IANA name. `Invalid` for one that is unknown.
pub(crate) fn zone(name: &str) -> Result<TimeZone, Fault> {
    TimeZone::get(name).map_err(|_| Fault::invalid("timeZone", "is no IANA time zone"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours(start: u16, end: u16) -> QuietHours {
        QuietHours {
            start: Minute::of(start),
            end: Minute::of(end),
        }
    }

    fn until(hours: QuietHours, name: &str, now: &str) -> Option<String> {
        let until = hours.until(&zone(name).unwrap(), now.parse().unwrap());
        until.map(|at| at.to_string())
    }

    #[test]
    fn a_night_ends_in_the_morning_of_ones_own_zone() {
        let night = hours(22 * 60, 7 * 60);
        let end = |now| until(night, "Europe/Berlin", now);
        assert_eq!(end("2026-01-10T20:59:00Z"), None);
        assert_eq!(end("2026-01-10T21:00:00Z").as_deref(), Some("2026-01-11T06:00:00.000Z"));
        assert_eq!(
            end("2026-01-11T05:59:59.999Z").as_deref(),
            Some("2026-01-11T06:00:00.000Z")
        );
        assert_eq!(end("2026-01-11T06:00:00Z"), None);
        assert_eq!(end("2026-07-10T20:30:00Z").as_deref(), Some("2026-07-11T05:00:00.000Z"));
    }

    #[test]
    fn the_night_of_summer_time_is_an_hour_shorter_and_that_of_winter_time_longer() {
        let night = hours(22 * 60, 7 * 60);
        // 2026-03-29: 02:00 becomes 03:00; 2026-10-25: 03:00 becomes 02:00.
        assert_eq!(
            until(night, "Europe/Berlin", "2026-03-28T21:00:00Z").as_deref(),
            Some("2026-03-29T05:00:00.000Z")
        );
        assert_eq!(
            until(night, "Europe/Berlin", "2026-10-24T20:00:00Z").as_deref(),
            Some("2026-10-25T06:00:00.000Z")
        );
        // An end that does not exist that day (02:30) is when the clocks have jumped over it.
        assert_eq!(
            until(hours(0, 150), "Europe/Berlin", "2026-03-28T23:10:00Z").as_deref(),
            Some("2026-03-29T01:00:00.000Z")
        );
        // An end that comes twice (02:30): the first time it is over for half an hour, then the clock says quiet again.
        assert_eq!(
            until(hours(0, 150), "Europe/Berlin", "2026-10-24T23:10:00Z").as_deref(),
            Some("2026-10-25T00:30:00.000Z")
        );
        assert_eq!(
            until(hours(0, 150), "Europe/Berlin", "2026-10-25T01:10:00Z").as_deref(),
            Some("2026-10-25T01:30:00.000Z")
        );
    }

    #[test]
    fn only_times_of_day_and_zones_that_exist_are_taken() {
        for wrong in ["24:00", "7:00", "07:60", "0700", "+7:00", "ab:cd", "07:00:00", ""] {
            assert!(Minute::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        assert_eq!(String::from(Minute::try_from("07:05".to_owned()).unwrap()), "07:05");
        for wrong in ["Europe/Atlantis", "", "../etc/passwd", "EST5EDT4X"] {
            assert!(zone(wrong).is_err(), "{wrong}");
        }
        for right in [
            "UTC",
            "Europe/Berlin",
            "America/St_Johns",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
        ] {
            assert!(zone(right).is_ok(), "{right}");
        }
    }

    const ZONES: [&str; 6] = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "America/St_Johns",
    ];

    proptest! {
        #[test]
        fn what_is_postponed_is_never_sent_while_it_is_quiet_and_at_most_a_long_day_later(
            start in 0u16..1440, end in 0u16..1440, name in 0usize..6, at in 1_767_225_600_000i64..1_830_297_600_000,
        ) {
            prop_assume!(start != end);
            let (hours, zone, now) = (hours(start, end), zone(ZONES[name]).unwrap(), Timestamp::from_millis(at));
            match hours.until(&zone, now) {
                None => prop_assert!(!hours.holds(&zone, now)),
                Some(until) => {
                    prop_assert!(until > now && !hours.holds(&zone, until));
                    prop_assert!(hours.holds(&zone, Timestamp::from_millis(until.millis() - 1)));
                    prop_assert!(until.since(now) <= std::time::Duration::from_secs(26 * 3600));
                    // Unless the clocks were changed just then, it is over at the very minute that was asked for.
                    let wall = zone.to_datetime(jiff::Timestamp::from_millisecond(until.millis()).unwrap()).time();
                    let minute = u16::try_from(i32::from(wall.hour()) * 60 + i32::from(wall.minute())).unwrap();
                    let offset = |ms| zone.to_offset(jiff::Timestamp::from_millisecond(ms).unwrap());
                    let changed = offset(until.millis() - 1) != offset(until.millis());
                    prop_assert!(minute == end || changed);
                }
            }
        }
    }
}
