//! Owns what auth shows a person of what it keeps of them: the address and where they are signed in, never a password or a secret. Refuses to show what is not named here.

use chassis::own_data::Part;

use crate::domain::account::Account;
use crate::domain::session::Session;

/// What is a person's own, kind by kind.
pub(crate) const PARTS: &[Part] = &[
    Part::one::<Account>(
        "account",
        &["id", "email", "emailVerified", "createdAt", "bannedAt", "banReason"],
    ),
    Part::of::<Session>(
        "sessions",
        "user",
        &[
            "id",
            "device",
            "address",
            "createdAt",
            "lastUsedAt",
            "expiresAt",
            "revokedAt",
        ],
    ),
];
