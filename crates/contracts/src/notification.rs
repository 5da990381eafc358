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
    /// Items were read or taken back: only the number is news.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples are the wire of version 1 for ever: what was written once must be readable by every later version.
    #[test]
    fn every_sample_of_version_1_is_read_and_written_the_same() {
        let samples: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../samples/notification.item.v1.json")).unwrap();
        let mut kinds = std::collections::BTreeSet::new();
        for sample in samples {
            let event: NotificationEvent = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            kinds.insert(event.kind());
        }
        assert_eq!(kinds.len(), 2, "one sample of each");
    }
}
