//! Owns what notification shows a person: their wishes, devices and what they were told of. Who did it is in what it was done to. Refuses to show what is not named here.

use chassis::own_data::Part;

use crate::domain::device::Device;
use crate::domain::item::Item;
use crate::domain::preferences::Preferences;

/// What is a person's own, kind by kind.
pub(crate) const PARTS: &[Part] = &[
    Part::one::<Preferences>(
        "notificationPreferences",
        &["kinds", "timeZone", "quietHours", "digest"],
    ),
    Part::of::<Device>("devices", "owner", &["id", "createdAt"]),
    Part::of::<Item>(
        "notifications",
        "owner",
        &["id", "kind", "subject", "createdAt", "at", "readAt"],
    ),
];
