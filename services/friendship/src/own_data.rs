//! Owns what friendship shows a person: friends, requests and their own blocks. Whether the other has blocked too is the other's. Refuses to show what is not named here.

use chassis::own_data::Part;

use crate::domain::pair::Pair;

/// What is a person's own, kind by kind.
pub(crate) const PARTS: &[Part] = &[
    Part::of::<Pair>("friends", "friend", &["members", "friendsSince"]),
    Part::of::<Pair>("requestsSent", "outgoing", &["requestId", "requestTo", "requestAt"]),
    Part::of::<Pair>(
        "requestsReceived",
        "incoming",
        &["requestId", "requestFrom", "requestAt"],
    ),
    Part::of::<Pair>("blocks", "blocker", &["members"]),
];
