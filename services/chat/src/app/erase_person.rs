//! Takes a person whose account is gone out of chat: out of every room, and their name off everything they wrote.
//! The messages stay, for those they were written to.

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{RoomId, UserId};
use store::{Change, Query};

use crate::app::{App, PARALLEL};
use crate::error::ChatError;
use crate::repo::FIND_MAX;

impl App {
    /// Erases a person, in bounded batches. Idempotent: what was done is not found again, so it may stop anywhere.
    pub(crate) async fn erase_person(&self, user: UserId) -> Result<(), ChatError> {
        loop {
            let rooms = self.repo.rooms_of(user).await?;
            if rooms.is_empty() {
                break;
            }
            for room in rooms {
                // The way back, for what is written until they are out.
                self.keep_marker(room.id, user).await?;
                match self
                    .rewrite_room(room.id, user, move |room| Ok(room.depart(user)))
                    .await
                {
                    Ok(_) | Err(ChatError::NotFound) => {}
                    Err(e) => return Err(e),
                }
            }
        }
        // Markers stay when one leaves a room, and so lead to all rooms there ever were.
        loop {
            let markers = self
                .repo
                .markers
                .find(Query::on("marker_user").eq(user).limit(FIND_MAX))
                .await?;
            if markers.is_empty() {
                return Ok(());
            }
            let former: BTreeSet<RoomId> = markers.iter().map(|m| m.room_id).collect();
            for room in former {
                self.erase_from(user, room).await?;
                self.repo.markers.delete(crate::repo::Marker::id_of(room, user)).await?;
            }
        }
    }

    /// Takes the person's name off their messages in one room.
    async fn erase_from(&self, user: UserId, room: RoomId) -> Result<(), ChatError> {
        let mut after = 0;
        loop {
            let messages = self.repo.by_author(room, user, after).await?;
            let Some(last) = messages.last() else { return Ok(()) };
            after = last.seq;
            let forget = |id| async move {
                let forgotten = self.repo.messages.update(id, |mut message| {
                    let named = message.forget_author();
                    Ok::<_, ChatError>(if named {
                        Change::Put(message, Vec::new(), ())
                    } else {
                        Change::Keep(())
                    })
                });
                forgotten.await.map(drop)
            };
            let all = futures::stream::iter(messages.iter().map(|m| m.id).collect::<Vec<_>>()).map(Ok);
            all.try_for_each_concurrent(PARALLEL, forget).await?;
        }
    }
}
