//! Owns what ai-model-cards shows a person: the cards that they sell and the reviews that they wrote. Refuses to show what is not named here.

use chassis::own_data::Part;

use crate::domain::card::Card;
use crate::domain::review::Review;

/// What is a person's own, kind by kind.
pub(crate) const PARTS: &[Part] = &[
    Part::of::<Card>(
        "cards",
        "seller",
        &[
            "id",
            "handle",
            "price",
            "edition",
            "draft",
            "published",
            "listing",
            "createdAt",
            "updatedAt",
            "submittedAt",
            "listedAt",
        ],
    ),
    Part::of::<Review>(
        "reviews",
        "author",
        &["id", "cardId", "rating", "text", "createdAt", "editedAt"],
    ),
];
