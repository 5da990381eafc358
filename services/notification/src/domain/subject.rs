//! Owns what items are about and who does things, and the references by which items are found again. Refuses to know names of people.

use kernel::{AgentId, CardId, CommentId, FriendRequestId, MessageId, OrderId, PostId, RoomId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an item is about: items of one person, kind and subject are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[schema(as = NotificationSubject)]
pub(crate) enum Subject {
    /// A person; with the request to answer, when there is one.
    User {
        user_id: UserId,
        #[schema(required = true)]
        request_id: Option<FriendRequestId>,
    },
    /// A post.
    Post { post_id: PostId },
    /// A comment.
    Comment { post_id: PostId, comment_id: CommentId },
    /// A message.
    Message { room_id: RoomId, message_id: MessageId },
    /// A room.
    Room { room_id: RoomId },
    /// An order.
    Order { order_id: OrderId },
    /// A card.
    Card { card_id: CardId },
}

impl Subject {
    /// Returns what tells it from others of its kind.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::User { user_id, .. } => of_user(*user_id),
            Self::Post { post_id } => of_post(*post_id),
            Self::Comment { comment_id, .. } => of_comment(*comment_id),
            Self::Message { message_id, .. } => of_message(*message_id),
            Self::Room { room_id } => of_room(*room_id),
            Self::Order { order_id } => format!("order:{order_id}"),
            Self::Card { card_id } => format!("card:{card_id}"),
        }
    }

    /// Returns everything that it hangs on: when one of these goes, it goes.
    pub(crate) fn refs(&self) -> Vec<String> {
        let outer = match self {
            Self::Comment { post_id, .. } => Some(of_post(*post_id)),
            Self::Message { room_id, .. } => Some(of_room(*room_id)),
            _ => None,
        };
        outer.into_iter().chain([self.key()]).collect()
    }

    /// Returns where in the app it is shown.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::User { user_id, .. } => format!("/users/{user_id}"),
            Self::Post { post_id } => format!("/posts/{post_id}"),
            Self::Comment { post_id, comment_id } => format!("/posts/{post_id}?comment={comment_id}"),
            Self::Message { room_id, message_id } => format!("/rooms/{room_id}?message={message_id}"),
            Self::Room { room_id } => format!("/rooms/{room_id}"),
            Self::Order { order_id } => format!("/orders/{order_id}"),
            Self::Card { card_id } => format!("/cards/{card_id}"),
        }
    }
}

/// Refers to a person.
pub(crate) fn of_user(id: UserId) -> String {
    format!("user:{id}")
}
/// Refers to a post.
pub(crate) fn of_post(id: PostId) -> String {
    format!("post:{id}")
}
/// Refers to a comment.
pub(crate) fn of_comment(id: CommentId) -> String {
    format!("comment:{id}")
}
/// Refers to a message.
pub(crate) fn of_message(id: MessageId) -> String {
    format!("message:{id}")
}
/// Refers to a room.
pub(crate) fn of_room(id: RoomId) -> String {
    format!("room:{id}")
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Actor {
    /// A person.
    User { id: UserId },
    /// An agent, with its name then.
    Agent { id: AgentId, name: String },
}

impl Actor {
    /// Returns what tells it from all others.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::User { id } => of_user(*id),
            Self::Agent { id, .. } => format!("agent:{id}"),
        }
    }

    /// Returns the person, when it is one.
    pub(crate) const fn user(&self) -> Option<UserId> {
        match self {
            Self::User { id } => Some(*id),
            Self::Agent { .. } => None,
        }
    }
}
