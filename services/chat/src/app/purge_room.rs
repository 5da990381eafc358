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
        purge(&self.repo.messages, Query::on("room_seq").eq(room)).await?;
        Ok(purge(&self.repo.markers, Query::on("marker_room").eq(room)).await?)
    }
}

async fn purge<D: Document>(collection: &Collection<D>, query: Query) -> Result<(), StoreError> {
    loop {
        let found = collection.find(query.clone().limit(FIND_MAX)).await?;
        if found.is_empty() {
            return Ok(());
        }
        let all = futures::stream::iter(found.iter().map(Document::id).collect::<Vec<_>>()).map(Ok);
        all.try_for_each_concurrent(PARALLEL, |id| collection.delete(id))
            .await?;
    }
}
