//! Owns when digests are due and what stands in one. Refuses to know how mail travels.

use jiff::ToSpan as _;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Lines in one digest; what is more is counted.
pub(crate) const LINES_MAX: usize = 30;
/// The hour of the day, in the person's zone.
const HOUR: i8 = 8;

/// How often a digest comes by e-mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Digest {
    /// Never.
    #[default]
    Off,
    /// At 8 in the morning.
    Daily,
    /// On Mondays at 8 in the morning.
    Weekly,
}

impl Digest {
    /// Returns when the next one is due, strictly after `now`; none when there is none.
    pub(crate) fn next(self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        let wanted = |day: Weekday| match self {
            Self::Off => false,
            Self::Daily => true,
            Self::Weekly => day == Weekday::Monday,
        };
        let today = zone
            .to_datetime(jiff::Timestamp::from_millisecond(now.millis()).ok()?)
            .date();
        (0..=8_i64).find_map(|days| {
            let date = today.checked_add(days.days()).ok().filter(|d| wanted(d.weekday()))?;
            let at = zone.to_ambiguous_timestamp(date.at(HOUR, 0, 0, 0)).compatible().ok()?;
            Some(Timestamp::from_millis(at.as_millisecond())).filter(|at| *at > now)
        })
    }

    /// Returns how far back a first digest looks.
    pub(crate) const fn period(self) -> std::time::Duration {
        let days = if matches!(self, Self::Weekly) { 7 } else { 1 };
        std::time::Duration::from_secs(days * 86_400)
    }
}

/// Writes a digest: subject and text.
pub(crate) fn write(product: &str, lines: &[String], more: usize, link: Option<&str>) -> (String, String) {
    let count = lines.len() + more;
    let subject = format!(
        "{product}: {count} {}",
        if count == 1 { "notification" } else { "notifications" }
    );
    let mut text = String::from("Hello,\n\nwhile you were away:\n\n");
    for line in lines {
        text.push_str("- ");
        text.push_str(line);
        text.push('\n');
    }
    if more > 0 {
        text.push_str(&format!("- and {more} more\n"));
    }
    if let Some(link) = link {
        text.push_str(&format!("\nRead them: {link}/notifications\n"));
    }
    text.push_str("\nYou get this because you asked for it. Change it in your notification preferences.\n");
    (subject, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quiet::zone;

    #[test]
    fn a_digest_is_due_at_eight_in_ones_own_morning_whatever_the_clocks_did() {
        let next = |digest: Digest, now: &str| {
            let at = digest.next(&zone("Europe/Berlin").unwrap(), now.parse().unwrap());
            at.map(|at| at.to_string()).unwrap_or_default()
        };
        assert_eq!(next(Digest::Daily, "2026-03-28T06:59:00Z"), "2026-03-28T07:00:00.000Z");
        assert_eq!(next(Digest::Daily, "2026-03-28T07:00:00Z"), "2026-03-29T06:00:00.000Z");
        assert_eq!(next(Digest::Weekly, "2026-10-19T06:00:00Z"), "2026-10-26T07:00:00.000Z");
        assert_eq!(next(Digest::Off, "2026-10-19T06:00:00Z"), "");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let (subject, text) = write("AI Chat", &["Ada wrote to you".into()], 4, Some("https://chat.example"));
        assert_eq!(subject, "AI Chat: 5 notifications");
        assert!(text.contains("- Ada wrote to you\n- and 4 more\n"), "{text}");
        assert!(text.contains("https://chat.example/notifications"), "{text}");
    }
}
