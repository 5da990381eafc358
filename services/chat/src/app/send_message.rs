//! Sends a message: the hot path. Membership and names come from memory, then there is one durable write, which assigns
//! the sequence number and carries the event.

use std::sync::Arc;

use contracts::chat::{Author, MessageEvent, Origin, SendAgentMessage, SendMessage, Sent};
use contracts::{Event, Trail};
use kernel::{ErrorCode, Fault, MessageId, UserId};
use parking_lot::Mutex;
use store::{RawDocument, StoreError};

use crate::app::App;
use crate::app::view_room::as_the_room_is;
use crate::domain::message::{self, Record};
use crate::domain::reaction::{Eyes, Reactions};
use crate::error::ChatError;
use crate::room_cache::RoomView;

const ROOM_CHANGED: &str = "chat.room_changed";

impl App {
    /// Sends for a person. The same client id again answers with the first message, as it is now.
    pub(crate) async fn send(&self, user: UserId, new: SendMessage) -> Result<Sent, ChatError> {
        message::check_client_id(&new.client_id)?;
        message::check_text(&new.text)?;
        message::check_attachments(&new.attachment_ids)?;
        let new = &new;
        as_the_room_is(|| async move {
            let view = self.view_for(user, new.room_id).await?;
            match self.require_sendable(&view, user, new).await {
                Ok(()) => {}
                // What was sent stays sent, whatever has come between the two since.
                Err(e @ (ChatError::Blocked | ChatError::NobodyLeft | ChatError::Invalid { .. })) => {
                    let author = user.to_string();
                    let first = self.repo.by_client_id(new.room_id, &author, &new.client_id).await?;
                    return first.map(|first| repeated(&first, Eyes::Of(user))).ok_or(e);
                }
                Err(e) => return Err(e),
            }
            let draft = self.draft_of_person(&view, user, new.clone());
            match new.attachment_ids.is_empty() {
                true => self.append(view, draft, Eyes::Of(user)).await,
                false => self.append_with_media(view, draft, user).await,
            }
        })
        .await
    }

    /// Fails unless the two may write to each other and what is answered stands in the room.
    async fn require_sendable(&self, view: &RoomView, user: UserId, new: &SendMessage) -> Result<(), ChatError> {
        self.require_unblocked(&view.room, user).await?;
        if let Some(target) = new.reply_to {
            let known = self.repo.message(new.room_id, target).await?;
            known.ok_or_else(|| ChatError::invalid("replyTo", "is no message of this room"))?;
        }
        Ok(())
    }

    /// Sends what an agent wrote, under the id that its host chose.
    pub(crate) async fn send_as_agent(&self, new: SendAgentMessage) -> Result<Sent, ChatError> {
        message::check_agent_text(&new.text)?;
        let new = &new;
        as_the_room_is(|| async move {
            let view = self.view(new.room_id).await?;
            if view.agent(new.agent_id).is_none() {
                // What was sent stays sent, though the agent has left since: its host may not know that it was.
                let (author, id) = (new.agent_id.to_string(), new.message_id.to_string());
                let first = self.repo.by_client_id(new.room_id, &author, &id).await?;
                return first
                    .map(|first| repeated(&first, Eyes::Everybody))
                    .ok_or(ChatError::NotFound);
            }
            let draft = self.draft_of_agent(&view, new.clone());
            self.append(view, draft, Eyes::Everybody).await
        })
        .await
    }

    /// Claims what the draft carries before it is written, and lets it go again when it certainly was not: of an outage nobody knows,
    /// and a file that is kept for nothing is better than a message without its file.
    async fn append_with_media(&self, view: Arc<RoomView>, draft: Record, user: UserId) -> Result<Sent, ChatError> {
        let (room, id, attachments) = (draft.room_id, draft.id, draft.attachment_ids.clone());
        if let Some(first) = self.repo.by_client_id(room, &draft.author_id, &draft.client_id).await? {
            self.claim_again(user, &first).await;
            return Ok(repeated(&first, Eyes::Of(user)));
        }
        self.claim_attachments(user, &draft).await?;
        let sent = self.append(view, draft, Eyes::Of(user)).await;
        let unwritten = match &sent {
            Ok(sent) => sent.repeat,
            Err(ChatError::RoomChanged | ChatError::Store(StoreError::Busy | StoreError::Refused(_))) => true,
            Err(_) => false,
        };
        if unwritten {
            self.release_attachments(id, &attachments).await;
        }
        sent
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

    /// Writes the draft with the room's next number, unless `view` has been retired by then. The text is copied once, for
    /// the event, which is the answer too: nobody has reacted to a new message, so it looks the same to all eyes.
    async fn append(&self, view: Arc<RoomView>, draft: Record, eyes: Eyes) -> Result<Sent, ChatError> {
        let event = MessageEvent::Sent(draft.seen_by(Eyes::Everybody));
        let room = draft.room_id;
        let slip = Arc::new(Mutex::new(Some((draft, event))));
        // The store builds it in a task, or a thread, of its own.
        let (ambient, shared, trail) = (self.ambient.clone(), slip.clone(), Trail::current());
        let build = move |seq| {
            if view.is_retired() {
                return Err(room_changed());
            }
            let mut slip = shared.lock();
            let (draft, event) = slip.as_mut().ok_or_else(room_changed)?;
            draft.seq = seq;
            if let MessageEvent::Sent(message) = event {
                message.seq = seq;
            }
            let event = trail.clone().within(|| Event::new(&ambient, event))?;
            Ok((RawDocument::of(draft)?, vec![event]))
        };
        let done = self.repo.append(room, build).await;
        let slip = slip.lock().take();
        match (done, slip) {
            (Ok(_), Some((_, MessageEvent::Sent(message)))) => Ok(Sent { message, repeat: false }),
            (Err(StoreError::Unique { .. }), Some((draft, _))) => self.first_sent(&draft, eyes).await,
            (Err(StoreError::Refused(fault)), _) if fault.code == ROOM_CHANGED => Err(ChatError::RoomChanged),
            (Err(e), _) => Err(e.into()),
            (Ok(_), _) => Err(Fault::internal("the slip of a message is gone").into()),
        }
    }

    async fn first_sent(&self, draft: &Record, eyes: Eyes) -> Result<Sent, ChatError> {
        let first = self
            .repo
            .by_client_id(draft.room_id, &draft.author_id, &draft.client_id)
            .await?;
        let first = first.ok_or_else(|| Fault::internal(format!("message {} stands elsewhere already", draft.id)))?;
        Ok(repeated(&first, eyes))
    }
}

fn repeated(first: &Record, eyes: Eyes) -> Sent {
    Sent {
        message: first.seen_by(eyes),
        repeat: true,
    }
}

fn room_changed() -> Fault {
    Fault::new(ErrorCode::Unavailable, ROOM_CHANGED, "The room is changing; try again.")
}
