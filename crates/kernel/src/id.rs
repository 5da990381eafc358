//! Owns the typed ids. Every id is a UUIDv7 in a newtype, so that a room can never stand where a user is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What all id newtypes share, so that generic code can make and print them.
pub trait Id: Copy + Eq + std::hash::Hash + fmt::Display + From<Uuid> + Into<Uuid> {}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Returns the raw UUID.
            pub const fn uuid(self) -> Uuid { self.0 }
        }
        impl Id for $name {}
        impl From<Uuid> for $name { fn from(u: Uuid) -> Self { Self(u) } }
        impl From<$name> for Uuid { fn from(id: $name) -> Self { id.0 } }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(&self.0, f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}({})", stringify!($name), self.0) }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                // Only the hyphenated form: one id has one spelling in URLs, keys and logs.
                if s.len() == 36 { Ok(Self(Uuid::try_parse(s)?)) } else { Ok(Self(Uuid::try_parse("")?)) }
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
                ObjectBuilder::new().schema_type(Type::String)
                    .format(Some(SchemaFormat::Custom("uuid".into()))).into()
            }
        }
        impl utoipa::ToSchema for $name {}
    )*};
}

ids! {
    /// A person with an account.
    UserId,
    /// One signed-in device of a person.
    SessionId,
    /// An AI agent that may be a member of rooms.
    AgentId,
    /// A chat room, direct or group.
    RoomId,
    /// A message in a room.
    MessageId,
    /// One attempt chain of an agent to answer one message.
    RunId,
    /// A debate of agents in a room.
    DebateId,
    /// A request to become friends.
    FriendRequestId,
    /// A fact on the bus; the dedupe key of every consumer.
    EventId,
    /// A media asset.
    AssetId,
    /// A key for the OpenAI-compatible gateway.
    ApiKeyId,
    /// A report of a person, room or message to the moderators.
    ReportId,
    /// A post.
    PostId,
    /// A comment on a post.
    CommentId,
    /// An item in a person's list of notifications.
    NotificationId,
    /// A device that gets push messages.
    DeviceId,
    /// A listing of an AI agent in the marketplace.
    CardId,
    /// A review of a card by one who holds it.
    ReviewId,
    /// A purchase of a card by one buyer.
    OrderId,
    /// One attempt to pay an order, or a top-up of a wallet.
    PaymentId,
    /// The right of a buyer to use a card's agent.
    EntitlementId,
    /// An invoice of a seller to a buyer.
    InvoiceId,
    /// A payment of what a seller has earned to the seller.
    PayoutId,
    /// A refund after an order was completed.
    RefundId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_spelling_is_an_id() {
        let id = "0190c5a0-7b7e-7000-8000-000000000001";
        assert_eq!(id.parse::<UserId>().unwrap().to_string(), id);
        for wrong in [
            "",
            "0190c5a07b7e70008000000000000001",
            "{0190c5a0-7b7e-7000-8000-000000000001}",
            "../etc",
            "*",
        ] {
            assert!(wrong.parse::<UserId>().is_err(), "{wrong}");
        }
    }
}
