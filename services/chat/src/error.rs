//! Owns the ways in which chat says no, each with its kind and stable code. Refuses to know HTTP.

use kernel::{ErrorCode, Fault};
use store::StoreError;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChatError {
    #[error("There is no such room or message here.")]
    NotFound,
    #[error("There is no such person here.")]
    PersonNotFound,
    #[error("There is no such agent here.")]
    AgentNotFound,
    #[error("They are not a member of this room.")]
    NotAMember,
    #[error("Your role in this room does not allow it.")]
    Forbidden,
    #[error("Only its author may change it.")]
    NotAuthor,
    #[error("A direct room keeps its members, its agent and its name.")]
    DirectRoom,
    #[error("One of you has blocked the other.")]
    Blocked,
    #[error("Nobody else is left in this room.")]
    NobodyLeft,
    #[error("They only talk with friends.")]
    FriendsOnly,
    #[error("The message is deleted.")]
    Deleted,
    #[error("A room has an owner: make somebody else the owner first.")]
    OwnerNeeded,
    #[error("That is more than {max} {what}.")]
    LimitReached { what: &'static str, max: usize },
    #[error("{field}: {message}")]
    Invalid { field: &'static str, message: String },
    /// The room changed between the check of a send and its write; the send is decided anew.
    #[error("The room is changing; try again.")]
    RoomChanged,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Other(#[from] Fault),
}

impl ChatError {
    /// Builds `Invalid` for one field.
    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            message: message.into(),
        }
    }

    /// Returns kind and stable code; `None` for what another layer has named already.
    fn code(&self) -> Option<(ErrorCode, &'static str)> {
        Some(match self {
            Self::NotFound => (ErrorCode::NotFound, "chat.not_found"),
            Self::PersonNotFound => (ErrorCode::NotFound, "chat.person_not_found"),
            Self::AgentNotFound => (ErrorCode::NotFound, "chat.agent_not_found"),
            Self::NotAMember => (ErrorCode::NotFound, "chat.not_a_member"),
            Self::Forbidden => (ErrorCode::Forbidden, "chat.forbidden"),
            Self::NotAuthor => (ErrorCode::Forbidden, "chat.not_author"),
            Self::DirectRoom => (ErrorCode::Conflict, "chat.direct_room"),
            Self::Blocked => (ErrorCode::Conflict, "chat.blocked"),
            Self::NobodyLeft => (ErrorCode::Conflict, "chat.nobody_left"),
            Self::FriendsOnly => (ErrorCode::Conflict, "chat.friends_only"),
            Self::Deleted => (ErrorCode::Conflict, "chat.deleted"),
            Self::OwnerNeeded => (ErrorCode::Conflict, "chat.owner_needed"),
            Self::LimitReached { .. } => (ErrorCode::Conflict, "chat.limit_reached"),
            Self::RoomChanged => (ErrorCode::Unavailable, "chat.room_changed"),
            Self::Invalid { .. } | Self::Store(_) | Self::Other(_) => return None,
        })
    }
}

impl From<ChatError> for Fault {
    fn from(e: ChatError) -> Self {
        match (e.code(), e) {
            (Some((kind, code)), e) => Self::new(kind, code, e.to_string()),
            (None, ChatError::Invalid { field, message }) => Self::invalid(field, message),
            (None, ChatError::Store(e)) => e.into(),
            (None, ChatError::Other(fault)) => fault,
            (None, e) => Self::internal(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_may_not_see_is_404_and_what_a_role_forbids_is_403() {
        let status = |e: ChatError| Fault::from(e).kind.status();
        assert_eq!(status(ChatError::NotFound), 404);
        assert_eq!(status(ChatError::NotAuthor), 403);
        assert_eq!(status(ChatError::Blocked), 409);
        assert_eq!(status(ChatError::invalid("title", "is for groups")), 422);
    }
}
