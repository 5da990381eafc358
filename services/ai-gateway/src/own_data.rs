//! Owns what ai-gateway shows a person: their keys (never what a key is proven by) and what they used. Refuses to show what is not named here.

use chassis::own_data::Part;

use crate::domain::key::KeyDoc;
use crate::domain::usage::UsageDoc;

/// What is a person's own, kind by kind.
pub(crate) const PARTS: &[Part] = &[
    Part::of::<KeyDoc>(
        "keys",
        "owner",
        &["id", "name", "prefix", "createdAt", "lastUsedAt", "terms"],
    ),
    Part::of::<UsageDoc>(
        "usage",
        "by_user",
        &[
            "day",
            "model",
            "calls",
            "failed",
            "cached",
            "promptTokens",
            "completionTokens",
            "cost",
        ],
    ),
];
