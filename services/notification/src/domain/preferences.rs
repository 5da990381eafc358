//! Owns a person's wishes: which kinds on which ways, quiet hours, digests. Refuses to know what is usual beyond the table of kinds.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use super::digest::Digest;
use super::kind::{Channels, Kind};
use super::quiet::{QuietHours, zone};

/// The zone of who said none.
pub(crate) const ZONE_DEFAULT: &str = "UTC";

/// A person's wishes as they are kept; nobody who said nothing has any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preferences {
    pub(crate) user_id: UserId,
    /// What differs from the usual.
    pub(crate) kinds: BTreeMap<Kind, Channels>,
    /// IANA name.
    pub(crate) time_zone: String,
    pub(crate) quiet_hours: Option<QuietHours>,
    pub(crate) digest: Digest,
    /// When the next digest is due.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) digest_due: Option<Timestamp>,
    /// Until when digests have told.
    pub(crate) told_until: Option<Timestamp>,
}

impl Preferences {
    /// The wishes of who said nothing.
    pub(crate) fn usual(user_id: UserId) -> Self {
        Self {
            user_id,
            kinds: BTreeMap::new(),
            time_zone: ZONE_DEFAULT.into(),
            quiet_hours: None,
            digest: Digest::Off,
            digest_due: None,
            told_until: None,
        }
    }

    /// Returns how a kind is told.
    pub(crate) fn channels(&self, kind: Kind) -> Channels {
        self.kinds.get(&kind).copied().unwrap_or(kind.usual())
    }

    /// Returns the zone; UTC when the database of zones does not know it any more.
    pub(crate) fn zone(&self) -> TimeZone {
        zone(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// Returns until when it is quiet; none when it is not.
    pub(crate) fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.quiet_hours?.until(&self.zone(), now)
    }

    /// Says anew when the next digest is due.
    pub(crate) fn plan_digest(&mut self, now: Timestamp) {
        self.digest_due = self.digest.next(&self.zone(), now);
    }
}

impl Document for Preferences {
    const COLLECTION: &'static str = "preferences";
    const INDEXES: &'static [Index] = &[Index::plain("digest", &["digestDue"])];
    fn id(&self) -> String {
        self.user_id.to_string()
    }
}
