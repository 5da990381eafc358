//! Owns what post shows a person: what they posted and had posted before, said under posts, reacted to and reported. Refuses to
//! show what is not named here.

use chassis::own_data::Part;
use kernel::{Fault, UserId};
use serde_json::{Map, Value, json};

use crate::domain::case::Case;
use crate::domain::comment::Comment;
use crate::domain::post::{Post, Revision};
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
    Part::of::<Revision>("earlierWords", "author_at", &["postId", "edit", "text", "at"]),
    Part::within::<Case>("reports", "person", reports_by),
];

/// Finds what a person reported in a case, without what others wrote and said.
fn reports_by(user: UserId, case: Map<String, Value>) -> Result<Vec<Value>, Fault> {
    let case: Case = serde_json::from_value(Value::Object(case)).map_err(Fault::internal)?;
    let own = case.reports.iter().filter(|report| report.by == Some(user));
    let mut found: Vec<Value> = own
        .map(|r| json!({ "id": r.id, "subject": case.subject, "reason": r.reason, "detail": r.detail, "at": r.at }))
        .collect();
    if case.others.contains(&user) {
        found.push(json!({ "subject": case.subject }));
    }
    Ok(found)
}
