//! Owns the kinds of items and what is usual for each. Refuses to know a person's own wishes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an item tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", try_from = "String")]
#[schema(as = NotificationKind)]
pub(crate) enum Kind {
    /// Somebody asks to be friends.
    FriendRequest,
    /// Somebody accepted my request.
    RequestAccepted,
    /// Somebody reacted to my post.
    Reaction,
    /// Somebody commented on my post.
    Comment,
    /// Somebody answered my comment.
    Reply,
    /// Somebody named me in a post, a comment or a message.
    Mention,
    /// Somebody shared my post.
    Share,
    /// Somebody wrote in a room while I was away.
    Message,
    /// I bought a card.
    OrderCompleted,
    /// I did not pay in time.
    OrderExpired,
    /// My money comes back.
    OrderRefunded,
    /// Somebody bought my card.
    CardSold,
    /// A moderator let my card pass.
    CardApproved,
    /// A moderator sent my card back.
    CardRejected,
    /// A moderator warned me about something that I wrote, or did.
    Warned,
}

/// Read by its name, so that mistakes in a map of kinds are told with it.
impl TryFrom<String> for Kind {
    type Error = &'static str;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or("is no kind of notification")
    }
}

/// On which ways a kind is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NotificationChannels)]
pub(crate) struct Channels {
    /// It stands in the list and counts as unread.
    pub(crate) in_app: bool,
    /// It is pushed to my devices.
    pub(crate) push: bool,
    /// It stands in the digest by e-mail.
    pub(crate) email: bool,
}

impl Channels {
    /// Tells whether it is told at all.
    pub(crate) const fn any(self) -> bool {
        self.in_app || self.push || self.email
    }
}

/// How soon a device should show it (RFC 8030, 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    Low,
    Normal,
    High,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 15] = [
        Self::FriendRequest,
        Self::RequestAccepted,
        Self::Reaction,
        Self::Comment,
        Self::Reply,
        Self::Mention,
        Self::Share,
        Self::Message,
        Self::OrderCompleted,
        Self::OrderExpired,
        Self::OrderRefunded,
        Self::CardSold,
        Self::CardApproved,
        Self::CardRejected,
        Self::Warned,
    ];

    /// Returns how it is told to who said nothing: reactions and shares disturb nobody, messages fill no mail.
    pub(crate) const fn usual(self) -> Channels {
        let (push, email) = match self {
            Self::Reaction | Self::Share => (false, true),
            Self::Message => (true, false),
            _ => (true, true),
        };
        Channels {
            in_app: true,
            push,
            email,
        }
    }

    /// Returns its name on the wire.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::FriendRequest => "friend_request",
            Self::RequestAccepted => "request_accepted",
            Self::Reaction => "reaction",
            Self::Comment => "comment",
            Self::Reply => "reply",
            Self::Mention => "mention",
            Self::Share => "share",
            Self::Message => "message",
            Self::OrderCompleted => "order_completed",
            Self::OrderExpired => "order_expired",
            Self::OrderRefunded => "order_refunded",
            Self::CardSold => "card_sold",
            Self::CardApproved => "card_approved",
            Self::CardRejected => "card_rejected",
            Self::Warned => "warned",
        }
    }

    /// Tells whether an item that was read forgets its deeds when it opens again: what was read of a room is over, while those who reacted
    /// to a post have all reacted to it.
    pub(crate) const fn begins_anew(self) -> bool {
        matches!(self, Self::Message)
    }

    /// Tells whether it stands when what it is about is gone, or seen no more: a warning does.
    pub(crate) const fn outlives_subject(self) -> bool {
        matches!(self, Self::Warned)
    }

    /// Returns how soon a device should show it.
    pub(crate) const fn urgency(self) -> Urgency {
        match self {
            Self::Message | Self::Mention | Self::FriendRequest => Urgency::High,
            Self::Reaction | Self::Share => Urgency::Low,
            _ => Urgency::Normal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_wire_and_no_kind_is_forgotten() {
        for kind in Kind::ALL {
            let name = serde_json::to_value(kind).unwrap();
            assert_eq!(name, kind.name());
            assert_eq!(serde_json::from_value::<Kind>(name).unwrap(), kind);
        }
        let distinct: std::collections::BTreeSet<_> = Kind::ALL.iter().collect();
        assert_eq!(distinct.len(), Kind::Warned as usize + 1);
    }
}
