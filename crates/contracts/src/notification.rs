//! What notification tells the others: items in people's lists.

use kernel::{NotificationId, UserId};
use serde::{Deserialize, Serialize};

use crate::event::{EventBody, Topic, topic};

/// Facts about a person's notifications, on `notification.item.v1`, keyed by user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationEvent {
    /// Whose.
    pub user_id: UserId,
    /// What is unread after this.
    pub unread: u64,
    /// What happened.
    #[serde(flatten)]
    pub change: NotificationChange,
}

/// What happened in a person's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum NotificationChange {
    /// An item is new, or has grown.
    Created { id: NotificationId },
    /// Items were read.
    Read,
}

impl EventBody for NotificationEvent {
    const TOPIC: Topic = topic::NOTIFICATION;
    const SOURCE: &'static str = "notification";
    fn kind(&self) -> &'static str {
        match self.change {
            NotificationChange::Created { .. } => "notification.created",
            NotificationChange::Read => "notification.read",
        }
    }
    fn key(&self) -> String {
        self.user_id.to_string()
    }
}
