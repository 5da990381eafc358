//! Keeps the word index in step with the messages, from their events.

use contracts::chat::Message;
use store::{Change, StoreError};

use crate::app::App;
use crate::error::ChatError;
use crate::repo::SearchText;

impl App {
    /// Takes over the words of a message, unless a newer version has been taken over already.
    pub(crate) async fn index_message(&self, message: Message) -> Result<(), ChatError> {
        let text = (!message.deleted).then_some(message.text);
        let next = SearchText {
            id: message.id,
            room_id: message.room_id,
            version: message.version,
            text,
        };
        match self.repo.texts.insert(&next, Vec::new()).await {
            Err(StoreError::Unique { .. }) => {}
            done => return Ok(done?),
        }
        let newer = self.repo.texts.update(next.id, |held| {
            Ok::<_, ChatError>(if held.version >= next.version {
                Change::Keep(())
            } else {
                Change::Put(next.clone(), Vec::new(), ())
            })
        });
        newer.await.map(drop)
    }
}
