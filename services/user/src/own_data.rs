//! Owns what user shows a person: their profile and what they reported. Refuses to show what is not named here.

use chassis::own_data::Part;

use crate::domain::profile::ProfileDoc;
use crate::domain::report::ReportDoc;

/// What is a person's own, kind by kind.
pub(crate) const PARTS: &[Part] = &[
    Part::one::<ProfileDoc>(
        "profile",
        &[
            "id",
            "handle",
            "displayName",
            "bio",
            "avatarUrl",
            "privacy",
            "createdAt",
        ],
    ),
    Part::of::<ReportDoc>("reports", "by", &["id", "subject", "reason", "detail", "createdAt"]),
];
