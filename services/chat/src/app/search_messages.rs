//! Finds messages by words, in the rooms of who asks and nowhere else.

use std::time::Duration;

use contracts::chat::Message;
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{MessageId, Page, RoomId, UserId};
use store::Search;
use tokio::time::Instant;

use crate::app::{App, PARALLEL};
use crate::domain::reaction::Eyes;
use crate::error::ChatError;

/// The word index follows the messages a few milliseconds later. A search waits so long for what this process wrote
/// just before it, so that people find what they have just said; then it answers with what is there.
const CATCH_UP_MAX: Duration = Duration::from_secs(1);
const CATCH_UP_STEP: Duration = Duration::from_millis(10);

impl App {
    /// Returns up to `limit` messages with all the words, newest first, from one room or from all rooms of `user`.
    pub(crate) async fn search_messages(
        &self,
        user: UserId,
        words: String,
        room: Option<RoomId>,
        (limit, cursor): (usize, Option<&str>),
    ) -> Result<Page<Message>, ChatError> {
        let rooms = match room {
            Some(room) => vec![self.view_for(user, room).await?.room.id],
            None => self
                .repo
                .rooms_of(user)
                .await?
                .into_iter()
                .map(|room| room.id)
                .collect(),
        };
        if rooms.is_empty() {
            return Ok(Page {
                items: Vec::new(),
                next_cursor: None,
            });
        }
        self.catch_up(&rooms).await?;
        let scopes = rooms.iter().map(RoomId::to_string).collect();
        let search = Search {
            index: "text",
            scopes,
            words,
            limit,
            before: None,
        };
        let Page { items, next_cursor } = self.repo.texts.search_page(search, cursor).await?;
        let found = futures::stream::iter(items);
        let found = found.map(|text| async move { self.repo.message(text.room_id, text.id).await });
        let found: Vec<_> = found.buffered(PARALLEL).try_collect().await?;
        // What was deleted a moment ago may still stand in the word index.
        let alive = found.into_iter().flatten().filter(|m| !m.deleted);
        Ok(Page {
            items: alive.map(|m| m.seen_by(Eyes::Of(user))).collect(),
            next_cursor,
        })
    }

    async fn catch_up(&self, rooms: &[RoomId]) -> Result<(), ChatError> {
        let mut behind: Vec<(MessageId, u64)> = rooms.iter().filter_map(|room| self.recent.get(room)).collect();
        let deadline = Instant::now() + CATCH_UP_MAX;
        while !behind.is_empty() {
            let ids: Vec<String> = behind.iter().map(|(id, _)| id.to_string()).collect();
            let indexed = self.repo.texts.get_many(&ids).await?;
            behind.retain(|(id, version)| !indexed.iter().any(|text| text.id == *id && text.version >= *version));
            if behind.is_empty() || Instant::now() >= deadline {
                break;
            }
            tokio::time::sleep(CATCH_UP_STEP).await;
        }
        Ok(())
    }
}
