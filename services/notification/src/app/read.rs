//! Reads: by hand, and by reading the room that items are about.

use kernel::{Fault, NotificationId, RoomId, Timestamp, UserId};

use super::App;
use crate::domain::subject::of_room;
use crate::error::Error;
use crate::repo::CHUNK;

/// Chunks of one request to read all; a person has fewer items.
const CHUNKS_MAX: usize = 200;

impl App {
    /// Marks all of a person's items read that last grew at or before `until`.
    pub(crate) async fn read_until(&self, user: UserId, until: Timestamp) -> Result<(), Error> {
        for _ in 0..CHUNKS_MAX {
            let items = self.repo.unread_until(user, until).await?;
            let ids: Vec<NotificationId> = items.iter().map(|item| item.id).collect();
            self.repo.read(user, &ids).await?;
            if items.len() < CHUNK {
                break;
            }
        }
        Ok(())
    }

    /// A person has read a room up to `seq`: so have they what tells of messages up to there. Idempotent by nature.
    pub(crate) async fn read_room(&self, user: UserId, room: RoomId, seq: u64) -> Result<(), Fault> {
        let items = self.repo.about(&of_room(room), user).await?;
        let read = items
            .iter()
            .filter(|item| item.read_at.is_none() && item.seq.is_some_and(|at| at <= seq));
        let ids: Vec<NotificationId> = read.map(|item| item.id).collect();
        Ok(self.repo.read(user, &ids).await?)
    }
}
