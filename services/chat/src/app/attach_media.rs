//! Attaches media to messages: a message claims what it carries, shows it to the members of its room, and lets it go when it is
//! deleted. Refuses to know what a file is.

use std::collections::HashMap;

use contracts::media::AssetView;
use kernel::{AssetId, ErrorCode, MessageId, RoomId, UserId};

use crate::app::App;
use crate::domain::message::Record;
use crate::error::ChatError;
use crate::wire::Attachments;

/// Assets in one question to media.
const ASK_MAX: usize = 200;

impl App {
    /// Claims what a new message carries. Fails with `Invalid` for what is not there, not ready, or another's.
    pub(crate) async fn claim_attachments(&self, by: UserId, draft: &Record) -> Result<(), ChatError> {
        if draft.attachment_ids.is_empty() {
            return Ok(());
        }
        let claimed = self.media.claim(by, &draft.attachment_ids, &used_by(draft.id)).await;
        claimed.map_err(|fault| match fault.kind {
            ErrorCode::Invalid => ChatError::invalid(
                "attachmentIds",
                "name a file that is not there, not ready, or not yours",
            ),
            _ => fault.into(),
        })
    }

    /// Claims once more what a message carries that was sent before: whoever sends it again may have seen its first try fail halfway.
    /// Files that are gone stay gone.
    pub(crate) async fn claim_again(&self, by: UserId, first: &Record) {
        if let Err(why) = self.claim_attachments(by, first).await {
            tracing::debug!(message = %first.id, "not claimed again: {why}");
        }
    }

    /// Lets go what a message carries, or would have. Without media the files stay until their owner deletes them: no message waits
    /// for that.
    pub(crate) async fn release_attachments(&self, message: MessageId, attachments: &[AssetId]) {
        if attachments.is_empty() {
            return;
        }
        if let Err(fault) = self.media.release(attachments, &used_by(message)).await {
            tracing::warn!(%fault, %message, "what a message carried was not let go");
        }
    }

    /// Returns what messages of a room carry, with fresh addresses, for one of its members. What is no message of the room, is deleted
    /// or carries nothing is left out, and so are files that are gone.
    pub(crate) async fn attachments(
        &self,
        user: UserId,
        room: RoomId,
        messages: &[MessageId],
    ) -> Result<Vec<Attachments>, ChatError> {
        self.view_for(user, room).await?;
        let asked: Vec<String> = messages.iter().map(ToString::to_string).collect();
        let found = self.repo.messages.get_many(&asked).await?;
        let carrying: Vec<Record> = found
            .into_iter()
            .filter(|m| m.room_id == room && !m.attachment_ids.is_empty())
            .collect();
        let ids: Vec<AssetId> = carrying.iter().flat_map(|m| m.attachment_ids.clone()).collect();
        let mut views: HashMap<AssetId, AssetView> = HashMap::new();
        for some in ids.chunks(ASK_MAX) {
            views.extend(self.media.views(some).await?.into_iter().map(|view| (view.id, view)));
        }
        Ok(carrying
            .iter()
            .map(|message| Attachments {
                message_id: message.id,
                assets: message
                    .attachment_ids
                    .iter()
                    .filter_map(|id| views.get(id).cloned())
                    .collect(),
            })
            .collect())
    }
}

/// Names a message to media.
fn used_by(message: MessageId) -> String {
    format!("message:{message}")
}
