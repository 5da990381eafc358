//! Keeps the word index in step with the messages, from their events. Many messages cost few writes: who is told of one
//! takes over everything that has been said in its room since, in one write, and nothing is written for those after it.

use std::time::Duration;

use contracts::chat::Message;
use kernel::RoomId;
use store::{Change, StoreError};

use crate::app::App;
use crate::domain::message::Record;
use crate::error::ChatError;
use crate::repo::SearchText;

/// How many messages one write takes over at most.
const BATCH_MAX: usize = 200;

impl App {
    /// Takes over the words of a new message and of those that were sent to its room after it.
    pub(crate) async fn index_sent(&self, room: RoomId, seq: u64) -> Result<(), ChatError> {
        if self.is_indexed(room, seq) {
            return Ok(());
        }
        self.index_turn().await;
        let messages = self.repo.span(room, seq, u64::MAX, BATCH_MAX).await?;
        let texts: Vec<SearchText> = messages.iter().map(SearchText::of).collect();
        self.add_texts(&texts).await?;
        if let Some(last) = messages.last() {
            self.indexed.insert(room, last.seq);
        }
        Ok(())
    }

    /// Takes over the words of a changed message, unless a newer version has been taken over already.
    pub(crate) async fn index_change(&self, message: Message) -> Result<(), ChatError> {
        let next = SearchText {
            id: message.id,
            room_id: message.room_id,
            version: message.version,
            text: (!message.deleted).then_some(message.text),
        };
        self.put_text(&next).await?;
        self.drop_orphans(&[next]).await
    }

    fn is_indexed(&self, room: RoomId, seq: u64) -> bool {
        self.indexed.get(&room).is_some_and(|through| seq <= through)
    }

    /// Waits for the next beat: the writes of all rooms come to the store together, which makes them durable together.
    async fn index_turn(&self) {
        let beat = self.index_beat.as_millis();
        let past = u128::from(self.ambient.now().millis().unsigned_abs()).checked_rem(beat);
        let wait = past.map_or(0, |past| beat - past);
        if wait > 0 {
            tokio::time::sleep(Duration::from_millis(u64::try_from(wait).unwrap_or(0))).await;
        }
    }

    async fn add_texts(&self, texts: &[SearchText]) -> Result<(), ChatError> {
        match self.repo.texts.insert_many(texts).await {
            Ok(()) => {}
            // Some stand there since before a restart, or from another process.
            Err(StoreError::Unique { .. }) => {
                for text in texts {
                    self.put_text(text).await?;
                }
            }
            Err(e) => return Err(e.into()),
        }
        self.drop_orphans(texts).await
    }

    async fn put_text(&self, next: &SearchText) -> Result<(), ChatError> {
        let newer = self.repo.texts.update(next.id, |held| {
            Ok::<_, ChatError>(if held.version >= next.version {
                Change::Keep(())
            } else {
                Change::Put(next.clone(), Vec::new(), ())
            })
        });
        if newer.await?.is_some() {
            return Ok(());
        }
        match self.repo.texts.insert(next, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Err(StoreError::Busy.into()),
            done => Ok(done?),
        }
    }

    /// Takes away texts whose message is gone: its room was purged in between. A message that is still there shows that
    /// the purge of the texts is still to come, since it takes the messages first.
    async fn drop_orphans(&self, texts: &[SearchText]) -> Result<(), ChatError> {
        let ids: Vec<String> = texts.iter().map(|text| text.id.to_string()).collect();
        let alive = self.repo.messages.get_many(&ids).await?;
        for text in texts.iter().filter(|text| alive.iter().all(|m| m.id != text.id)) {
            self.repo.texts.delete(text.id).await?;
        }
        Ok(())
    }
}

impl SearchText {
    fn of(message: &Record) -> Self {
        Self {
            id: message.id,
            room_id: message.room_id,
            version: message.version,
            text: (!message.deleted).then(|| message.text.clone()),
        }
    }
}
