//! Owns what post shows a person: what they posted, said under posts, and reacted to. Refuses to show what is not named here.

use chassis::own_data::Part;

use crate::domain::comment::Comment;
use crate::domain::post::Post;
use crate::domain::reaction::Reaction;

/// What is a person's own, kind by kind.
pub(crate) const PARTS: &[Part] = &[
    Part::of::<Post>(
        "posts",
        "author_at",
        &[
            "id",
            "text",
            "visibility",
            "mediaIds",
            "tags",
            "mentions",
            "shareOf",
            "createdAt",
            "editedAt",
            "gone",
        ],
    ),
    Part::of::<Comment>(
        "comments",
        "author_at",
        &["id", "postId", "replyTo", "text", "mentions", "createdAt", "editedAt"],
    ),
    Part::of::<Reaction>("reactions", "user", &["postId", "kind", "at"]),
];
