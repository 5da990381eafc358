//! Removes what is left of a room that has ended: its messages, its markers.

use futures::{StreamExt as _, TryStreamExt as _};
use kernel::RoomId;
use store::{Collection, Document, Query, StoreError};

use crate::app::{App, PARALLEL};
use crate::error::ChatError;
use crate::repo::FIND_MAX;

impl App {
    /// Removes everything of a room, in bounded batches. Idempotent. The messages go first: who adds a marker and
    /// still finds a message afterwards, knows that the purge will find what they added.
    pub(crate) async fn purge_room(&self, room: RoomId) -> Result<(), ChatError> {
        let messages = Query::on("room_seq").eq(room).limit(FIND_MAX);
        loop {
            let found = self.repo.messages.find(messages.clone()).await?;
            if found.is_empty() {
                break;
            }
            for message in &found {
                self.release_attachments(message.id, &message.attachment_ids).await;
            }
            remove(&self.repo.messages, &found).await?;
        }
        let markers = Query::on("marker_room").eq(room).limit(FIND_MAX);
        loop {
            let found = self.repo.markers.find(markers.clone()).await?;
            if found.is_empty() {
                return Ok(());
            }
            remove(&self.repo.markers, &found).await?;
        }
    }
}

async fn remove<D: Document>(collection: &Collection<D>, found: &[D]) -> Result<(), StoreError> {
    let all = futures::stream::iter(found.iter().map(Document::id).collect::<Vec<_>>()).map(Ok);
    all.try_for_each_concurrent(PARALLEL, |id| collection.delete(id)).await
}
