//! Owns a message as it is kept and what may become of it: edited, deleted, reacted to. Refuses to know rooms and roles.

use contracts::chat::{AiInfo, Author, Mention, Message, Origin};
use kernel::{AssetId, MessageId, RoomId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::domain::reaction::{Eyes, Reactions};
use crate::error::ChatError;

/// Longest text of a person, in characters.
pub(crate) const TEXT_CHARS_MAX: usize = 8_000;
/// Longest text of an agent, in characters.
pub(crate) const AGENT_TEXT_CHARS_MAX: usize = 32_000;
/// Longest client id, in characters.
pub(crate) const CLIENT_ID_CHARS_MAX: usize = 64;
/// How many media a message may carry.
pub(crate) const ATTACHMENTS_MAX: usize = 10;
/// What stands for the name of one whose account is gone.
pub(crate) const ERASED_NAME: &str = "Deleted account";

/// A message, as one document. What is empty is not written: most messages are only text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub id: MessageId,
    pub room_id: RoomId,
    /// Place in the room, from 1, without gaps; assigned by the write.
    pub seq: u64,
    /// With room and author, makes the send idempotent for ever.
    pub client_id: String,
    /// The author's id once more, on its own for the indexes.
    pub author_id: String,
    pub author: Author,
    pub origin: Origin,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachment_ids: Vec<AssetId>,
    #[serde(default, skip_serializing_if = "Reactions::is_empty")]
    pub reactions: Reactions,
    pub root_id: MessageId,
    pub hop: u32,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// When anything of it last changed after it was sent; only then it stands in the index of changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
    pub deleted: bool,
    pub version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai: Option<AiInfo>,
}

impl Record {
    /// Writes the message out for `eyes`.
    pub(crate) fn seen_by(&self, eyes: Eyes) -> Message {
        Message {
            id: self.id,
            room_id: self.room_id,
            seq: self.seq,
            client_id: Some(self.client_id.clone()),
            author: self.author.clone(),
            origin: self.origin,
            text: self.text.clone(),
            reply_to: self.reply_to,
            mentions: self.mentions.clone(),
            attachment_ids: self.attachment_ids.clone(),
            reactions: self.reactions.seen_by(eyes),
            root_id: self.root_id,
            hop: self.hop,
            created_at: self.created_at,
            edited_at: self.edited_at,
            deleted: self.deleted,
            version: self.version,
            ai: self.ai.clone(),
        }
    }

    /// Gives it another text; by its author alone. Tells whether anything changed.
    pub(crate) fn edit(
        &mut self,
        by: UserId,
        text: &str,
        mentions: &[Mention],
        at: Timestamp,
    ) -> Result<bool, ChatError> {
        if self.author.user() != Some(by) {
            return Err(ChatError::NotAuthor);
        }
        self.require_alive()?;
        if self.text == text {
            return Ok(false);
        }
        self.text = text.to_owned();
        self.mentions = mentions.to_vec();
        self.edited_at = Some(at);
        self.touch(at);
        Ok(true)
    }

    /// Empties it for ever; its place stays. Tells whether anything changed.
    pub(crate) fn delete(&mut self, at: Timestamp) -> bool {
        if self.deleted {
            return false;
        }
        self.deleted = true;
        self.text.clear();
        self.mentions.clear();
        self.attachment_ids.clear();
        self.reactions = Reactions::default();
        self.touch(at);
        true
    }

    /// Adds (`on`) or takes back a reaction. Tells whether anything changed.
    pub(crate) fn react(&mut self, by: UserId, emoji: &str, on: bool, at: Timestamp) -> Result<bool, ChatError> {
        self.require_alive()?;
        let changed = if on {
            self.reactions.add(by, emoji)?
        } else {
            self.reactions.remove(by, emoji)
        };
        if changed {
            self.touch(at);
        }
        Ok(changed)
    }

    /// Takes the author's name out, when the account is gone. Tells whether anything changed.
    pub(crate) fn forget_author(&mut self) -> bool {
        match &mut self.author {
            Author::User { name, .. } if name != ERASED_NAME => {
                ERASED_NAME.clone_into(name);
                true
            }
            _ => false,
        }
    }

    /// Fails with `Deleted` once it is deleted.
    pub(crate) fn require_alive(&self) -> Result<(), ChatError> {
        if self.deleted { Err(ChatError::Deleted) } else { Ok(()) }
    }

    fn touch(&mut self, at: Timestamp) {
        self.version += 1;
        self.changed_at = Some(at);
    }
}

/// Fails with `Invalid` unless the client id has 1-64 characters.
pub(crate) fn check_client_id(client_id: &str) -> Result<(), ChatError> {
    check_length("clientId", client_id, 1, CLIENT_ID_CHARS_MAX)
}

/// Fails with `Invalid` unless a person's text has 1-8,000 characters.
pub(crate) fn check_text(text: &str) -> Result<(), ChatError> {
    check_length("text", text, 1, TEXT_CHARS_MAX)
}

/// Fails with `Invalid` when an agent's text has more than 32,000 characters. It may be empty: the provider failed.
pub(crate) fn check_agent_text(text: &str) -> Result<(), ChatError> {
    check_length("text", text, 0, AGENT_TEXT_CHARS_MAX)
}

/// Fails with `Invalid` for more than 10 attachments, or one twice.
pub(crate) fn check_attachments(attachments: &[AssetId]) -> Result<(), ChatError> {
    if attachments.len() > ATTACHMENTS_MAX {
        return Err(ChatError::invalid(
            "attachmentIds",
            format!("are more than {ATTACHMENTS_MAX}"),
        ));
    }
    let twice = (1..attachments.len()).any(|n| attachments.iter().take(n).any(|id| attachments.get(n) == Some(id)));
    if twice {
        return Err(ChatError::invalid("attachmentIds", "name one twice"));
    }
    Ok(())
}

fn check_length(field: &'static str, text: &str, min: usize, max: usize) -> Result<(), ChatError> {
    // Bytes bound characters from both sides, so that a huge text is not counted and a short one need not be.
    let fits = text.len() >= min && (text.len() <= max || (text.len() <= max * 4 && text.chars().count() <= max));
    if fits {
        Ok(())
    } else {
        Err(ChatError::invalid(field, format!("is not {min}-{max} characters")))
    }
}

#[cfg(test)]
mod tests {
    use kernel::Ambient;
    use proptest::prelude::*;

    use super::*;

    fn sent(by: UserId) -> Record {
        let ambient = Ambient::system();
        let id = ambient.id();
        Record {
            id,
            room_id: ambient.id(),
            seq: 1,
            client_id: "c".into(),
            author_id: by.to_string(),
            author: Author::User {
                id: by,
                name: "Ada".into(),
            },
            origin: Origin::Human,
            text: "hello".into(),
            reply_to: None,
            mentions: Vec::new(),
            attachment_ids: Vec::new(),
            reactions: Reactions::default(),
            root_id: id,
            hop: 0,
            created_at: ambient.now(),
            edited_at: None,
            changed_at: None,
            deleted: false,
            version: 1,
            ai: None,
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!(check_text(&"ü".repeat(8_000)).is_ok() && check_text(&"👍".repeat(8_000)).is_ok());
        assert!(check_text(&"t".repeat(8_001)).is_err() && check_text(&"ü".repeat(8_001)).is_err());
        assert!(check_text("").is_err() && check_agent_text("").is_ok());
        assert!(check_client_id(&"c".repeat(64)).is_ok() && check_client_id(&"c".repeat(65)).is_err());
    }

    #[test]
    fn what_is_kept_reads_back_as_it_was() {
        let mut record = sent(Ambient::system().id());
        record
            .react(Ambient::system().id(), "👍", true, Timestamp::from_millis(9))
            .unwrap();
        let kept = serde_json::to_vec(&record).unwrap();
        assert_eq!(serde_json::from_slice::<Record>(&kept).unwrap(), record);
    }

    proptest! {
        /// Whatever happens to a message: its version grows exactly when something changed, its place and author
        /// stay, and once deleted it stays empty.
        #[test]
        fn a_deleted_message_stays_deleted(steps in prop::collection::vec((0..4u8, 0..2usize, "[a-c]{1}"), 0..40)) {
            let ambient = Ambient::system();
            let people: [UserId; 2] = [ambient.id(), ambient.id()];
            let mut record = sent(people[0]);
            for (what, who, text) in steps {
                let before = record.clone();
                let at = ambient.now();
                let changed = match what {
                    0 => record.edit(people[who], &text, &[], at).unwrap_or(false),
                    1 => record.react(people[who], &text, true, at).unwrap_or(false),
                    2 => record.react(people[who], &text, false, at).unwrap_or(false),
                    _ => record.delete(at),
                };
                prop_assert_eq!(record.version, before.version + u64::from(changed));
                prop_assert_eq!(record != before, changed);
                prop_assert_eq!((record.seq, &record.author), (before.seq, &before.author));
                if before.deleted {
                    prop_assert!(record.deleted && record.text.is_empty() && record.reactions.is_empty());
                }
            }
        }
    }
}
