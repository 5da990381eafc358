//! Changes a message that was sent: edit, delete, react. No change uses up a sequence number; each raises the version.

use contracts::Event;
use contracts::chat::{Message, MessageEvent};
use kernel::{MessageId, RoomId, UserId};
use store::Change;

use crate::app::App;
use crate::app::view_room::as_the_room_is;
use crate::domain::message::{self, Record};
use crate::domain::reaction::{Eyes, check_emoji};
use crate::error::ChatError;
use crate::room_cache::RoomView;

/// Where a message stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub room: RoomId,
    pub message: MessageId,
}

impl App {
    /// Gives a message another text; by its author.
    pub(crate) async fn edit_message(&self, by: UserId, at: Spot, text: String) -> Result<Message, ChatError> {
        message::check_text(&text)?;
        let text = text.as_str();
        as_the_room_is(|| async move {
            let view = self.view_for(by, at.room).await?;
            self.require_unblocked(&view.room, by).await?;
            let mentions = view.mentions(text);
            let edit = |record: &mut Record| record.edit(by, text, &mentions, self.ambient.now());
            let edited = self
                .change_message(&view, at.message, MessageEvent::Edited, edit)
                .await?;
            Ok(edited.seen_by(Eyes::Of(by)))
        })
        .await
    }

    /// Empties a message; by its author, an admin or the owner. It is unpinned too, and lets go what it carries: after the
    /// write, so that no message that stays loses its files. Twice is once.
    pub(crate) async fn delete_message(&self, by: UserId, at: Spot) -> Result<(), ChatError> {
        let pinned = as_the_room_is(|| async move {
            let view = self.view_for(by, at.room).await?;
            let before = self
                .repo
                .message(at.room, at.message)
                .await?
                .ok_or(ChatError::NotFound)?;
            view.room.require_deleting(by, &before.author)?;
            let delete = |record: &mut Record| {
                view.room.require_deleting(by, &record.author)?;
                Ok(record.delete(self.ambient.now()))
            };
            self.change_message(&view, at.message, MessageEvent::Deleted, delete)
                .await?;
            self.release_attachments(before.id, &before.attachment_ids).await;
            Ok(view.room.pinned.contains(&at.message))
        });
        if pinned.await? {
            self.change_room(at.room, by, move |room| room.unpin(by, at.message, true))
                .await?;
        }
        Ok(())
    }

    /// Adds (`on`) or takes back a reaction.
    pub(crate) async fn react(&self, by: UserId, at: Spot, emoji: &str, on: bool) -> Result<Message, ChatError> {
        check_emoji(emoji)?;
        as_the_room_is(|| async move {
            let view = self.view_for(by, at.room).await?;
            if on {
                self.require_unblocked(&view.room, by).await?;
            }
            let react = |record: &mut Record| record.react(by, emoji, on, self.ambient.now());
            let reacted = self
                .change_message(&view, at.message, MessageEvent::Reacted, react)
                .await?;
            Ok(reacted.seen_by(Eyes::Of(by)))
        })
        .await
    }

    /// Does what `decide` decides with a message of the room in `view`, unless the view has been retired by then. The
    /// last look is right before the write is handed to the store, which does writes in the order in which they come.
    async fn change_message(
        &self,
        view: &RoomView,
        message: MessageId,
        event: fn(Message) -> MessageEvent,
        mut decide: impl FnMut(&mut Record) -> Result<bool, ChatError>,
    ) -> Result<Record, ChatError> {
        let done = self.repo.messages.update(message, |mut record| {
            if record.room_id != view.room.id {
                return Err(ChatError::NotFound);
            }
            view.require_current()?;
            if !decide(&mut record)? {
                return Ok(Change::Keep(record));
            }
            let event = Event::new(&self.ambient, &event(record.seen_by(Eyes::Everybody)))?;
            Ok(Change::Put(record.clone(), vec![event], record))
        });
        let record = done.await?.ok_or(ChatError::NotFound)?;
        Ok(record)
    }
}
