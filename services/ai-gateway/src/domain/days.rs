//! Owns a range of days, in UTC, as people ask for it. Refuses to know what happened on them.

use std::time::Duration;

use kernel::{Fault, Timestamp};

/// Days that one question may span.
pub(crate) const RANGE_DAYS_MAX: u32 = 366;
/// Days that are looked at when the caller does not say.
const RANGE_DAYS_DEFAULT: u32 = 30;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// From a day to a day, both included, as `2026-01-31`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) from: String,
    pub(crate) to: String,
}

/// Names the day of an instant.
pub(crate) fn day_of(at: Timestamp) -> String {
    let mut text = at.to_string();
    text.truncate("2026-01-31".len());
    text
}

fn begin(field: &str, day: &str) -> Result<Timestamp, Fault> {
    let at = format!("{day}T00:00:00.000Z").parse::<Timestamp>();
    at.ok()
        .filter(|at| day_of(*at) == day)
        .ok_or_else(|| Fault::invalid(field, "is not a day such as 2026-01-31"))
}

/// Checks that `day`, if it is there, is one; `field` is named otherwise.
pub(crate) fn checked(field: &str, day: Option<String>) -> Result<Option<String>, Fault> {
    if let Some(day) = &day {
        begin(field, day)?;
    }
    Ok(day)
}

impl Days {
    /// Reads a range: up to `now` and 30 days long where nothing else is said. `Invalid` for what is no day, for a range that
    /// is turned around, and for one over [`RANGE_DAYS_MAX`].
    pub(crate) fn read(from: Option<&str>, to: Option<&str>, now: Timestamp) -> Result<Self, Fault> {
        let last = to.map_or_else(|| begin("to", &day_of(now)), |day| begin("to", day))?;
        let first = match from {
            Some(day) => begin("from", day)?,
            None => last - DAY * (RANGE_DAYS_DEFAULT - 1),
        };
        if first > last {
            return Err(Fault::invalid("from", "is after `to`"));
        }
        if last.since(first) >= DAY * RANGE_DAYS_MAX {
            return Err(Fault::invalid(
                "from",
                format!("is more than {RANGE_DAYS_MAX} days before `to`"),
            ));
        }
        Ok(Self {
            from: day_of(first),
            to: day_of(last),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000 + 3_600_000);

    fn read(from: Option<&str>, to: Option<&str>) -> Result<(String, String), String> {
        let days = Days::read(from, to, NOW);
        days.map(|d| (d.from, d.to))
            .map_err(|fault| fault.fields[0].field.clone())
    }

    #[test]
    fn a_range_is_a_month_to_today_unless_said_and_never_longer_than_a_year() {
        let days = |from: &str, to: &str| Ok((from.to_owned(), to.to_owned()));
        assert_eq!(read(None, None), days("2025-12-03", "2026-01-01"));
        assert_eq!(read(Some("2025-12-31"), None), days("2025-12-31", "2026-01-01"));
        assert_eq!(
            read(Some("2024-02-29"), Some("2024-02-29")),
            days("2024-02-29", "2024-02-29")
        );
        assert_eq!(read(Some("2025-01-01"), None), days("2025-01-01", "2026-01-01"));
        for (from, to, field) in [
            (Some("2024-12-31"), None, "from"),
            (Some("2026-01-02"), None, "from"),
            (Some("2025-02-30"), None, "from"),
            (Some("2025-2-3"), None, "from"),
            (None, Some("yesterday"), "to"),
            (None, Some("+002025-01-01"), "to"),
        ] {
            assert_eq!(read(from, to), Err(field.to_owned()), "{from:?} {to:?}");
        }
    }
}
