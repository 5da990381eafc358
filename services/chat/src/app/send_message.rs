//! Sends a message: the hot path. Membership and names come from memory, then there is one durable write, which assigns
//! the sequence number and carries the event.

use std::sync::Arc;

use contracts::Event;
use contracts::chat::{Author, MessageEvent, Origin, SendAgentMessage, SendMessage, Sent};
use kernel::{ErrorCode, Fault, MessageId, UserId};
use store::StoreError;

use crate::app::App;
use crate::domain::message::{self, Record};
use crate::domain::reaction::{Eyes, Reactions};
use crate::error::ChatError;
use crate::room_cache::RoomView;

/// How often a send is decided anew because the room changed under it.
const ATTEMPTS_MAX: usize = 8;
const ROOM_CHANGED: &str = "chat.room_changed";

impl App {
    /// Sends for a person. The same client id again answers with the first message, as it is now.
    pub(crate) async fn send(&self, user: UserId, new: SendMessage) -> Result<Sent, ChatError> {
        message::check_client_id(&new.client_id)?;
        message::check_text(&new.text)?;
        message::check_attachments(&new.attachment_ids)?;
        for _ in 0..ATTEMPTS_MAX {
            let view = self.view_for(user, new.room_id).await?;
            self.require_unblocked(&view.room, user).await?;
            if let Some(target) = new.reply_to {
                let known = self.repo.message(new.room_id, target).await?;
                known.ok_or_else(|| ChatError::invalid("replyTo", "is no message of this room"))?;
            }
            let draft = self.draft_of_person(&view, user, new.clone());
            match self.append(view, draft, Eyes::Of(user)).await {
                Err(ChatError::RoomChanged) => {}
                done => return done,
            }
        }
        Err(ChatError::RoomChanged)
    }

    /// Sends what an agent wrote, under the id that its host chose.
    pub(crate) async fn send_as_agent(&self, new: SendAgentMessage) -> Result<Sent, ChatError> {
        message::check_agent_text(&new.text)?;
        for _ in 0..ATTEMPTS_MAX {
            let view = self.view(new.room_id).await?;
            view.agent(new.agent_id).ok_or(ChatError::NotFound)?;
            let draft = self.draft_of_agent(&view, new.clone());
            match self.append(view, draft, Eyes::Everybody).await {
                Err(ChatError::RoomChanged) => {}
                done => return done,
            }
        }
        Err(ChatError::RoomChanged)
    }

    fn draft_of_person(&self, view: &RoomView, user: UserId, new: SendMessage) -> Record {
        let id: MessageId = self.ambient.id();
        let name = view.person(user).map(|p| p.name.clone()).unwrap_or_default();
        Record {
            id,
            room_id: new.room_id,
            seq: 0,
            client_id: new.client_id,
            author_id: user.to_string(),
            author: Author::User { id: user, name },
            origin: Origin::Human,
            mentions: view.mentions(&new.text),
            text: new.text,
            reply_to: new.reply_to,
            attachment_ids: new.attachment_ids,
            reactions: Reactions::default(),
            root_id: id,
            hop: 0,
            created_at: self.ambient.now(),
            edited_at: None,
            changed_at: None,
            deleted: false,
            version: 1,
            ai: None,
        }
    }

    fn draft_of_agent(&self, view: &RoomView, new: SendAgentMessage) -> Record {
        Record {
            id: new.message_id,
            room_id: new.room_id,
            seq: 0,
            client_id: new.message_id.to_string(),
            author_id: new.agent_id.to_string(),
            author: Author::Agent {
                id: new.agent_id,
                name: new.agent_name,
            },
            origin: Origin::Agent,
            mentions: view.mentions(&new.text),
            text: new.text,
            reply_to: Some(new.reply_to),
            attachment_ids: Vec::new(),
            reactions: Reactions::default(),
            root_id: new.root_id,
            hop: new.hop,
            created_at: self.ambient.now(),
            edited_at: None,
            changed_at: None,
            deleted: false,
            version: 1,
            ai: Some(new.ai),
        }
    }

    /// Writes the draft with the room's next number, unless `view` has been retired by then.
    async fn append(&self, view: Arc<RoomView>, draft: Record, eyes: Eyes) -> Result<Sent, ChatError> {
        let (draft, ambient) = (Arc::new(draft), self.ambient.clone());
        let build = {
            let draft = draft.clone();
            move |seq| {
                if view.is_retired() {
                    return Err(Fault::new(
                        ErrorCode::Unavailable,
                        ROOM_CHANGED,
                        "The room is changing; try again.",
                    ));
                }
                let record = Record {
                    seq,
                    ..(*draft).clone()
                };
                let event = Event::new(&ambient, &MessageEvent::Sent(record.seen_by(Eyes::Everybody)))?;
                Ok((record, vec![event]))
            }
        };
        match self.repo.messages.append("room_seq", draft.room_id, build).await {
            Ok(seq) => {
                self.recent.insert(draft.room_id, (draft.id, draft.version));
                let sent = Record {
                    seq,
                    ..Arc::unwrap_or_clone(draft)
                };
                Ok(Sent {
                    message: sent.seen_by(eyes),
                    repeat: false,
                })
            }
            Err(StoreError::Unique { .. }) => self.first_sent(&draft, eyes).await,
            Err(StoreError::Refused(fault)) if fault.code == ROOM_CHANGED => Err(ChatError::RoomChanged),
            Err(e) => Err(e.into()),
        }
    }

    async fn first_sent(&self, draft: &Record, eyes: Eyes) -> Result<Sent, ChatError> {
        let first = self
            .repo
            .by_client_id(draft.room_id, &draft.author_id, &draft.client_id)
            .await?;
        let first = first.ok_or_else(|| Fault::internal(format!("message {} stands elsewhere already", draft.id)))?;
        Ok(Sent {
            message: first.seen_by(eyes),
            repeat: true,
        })
    }
}
