//! Moves a person's read marker: forward only, and never beyond what was said.

use contracts::Event;
use contracts::chat::ReceiptEvent;
use kernel::{RoomId, UserId};
use store::{Change, StoreError};

use crate::app::App;
use crate::app::view_room::as_the_room_is;
use crate::domain::room::Member;
use crate::error::ChatError;
use crate::repo::Marker;
use crate::room_cache::RoomView;

/// How far a person has read in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Read up to here.
    pub read_seq: u64,
    /// What others said after it.
    pub unread: u64,
}

impl App {
    /// Moves the marker of `user` up to `seq`; returns where it stands then.
    pub(crate) async fn mark_read(&self, user: UserId, room: RoomId, seq: u64) -> Result<Progress, ChatError> {
        as_the_room_is(|| self.mark_read_once(user, room, seq)).await
    }

    async fn mark_read_once(&self, user: UserId, room: RoomId, seq: u64) -> Result<Progress, ChatError> {
        let view = self.view_for(user, room).await?;
        let last = self.repo.last_seq(room).await?;
        let joined = view.room.member(user).map_or(0, |m| m.joined_seq);
        let wanted = seq.min(last);
        let unread = self.repo.unread(room, user, wanted, last).await?;
        let moved = Marker {
            room_id: room,
            user_id: user,
            read_seq: wanted,
        };
        let event = Event::new(
            &self.ambient,
            &ReceiptEvent {
                room_id: room,
                user_id: user,
                seq: wanted,
                unread,
            },
        )?;
        if wanted > joined {
            let stands = self.move_marker(&view, moved, event).await?;
            if stands == wanted {
                return Ok(Progress {
                    read_seq: wanted,
                    unread,
                });
            }
        }
        let read_seq = joined.max(self.repo.read_seq(room, user).await?);
        Ok(Progress {
            read_seq,
            unread: self.repo.unread(room, user, read_seq, last).await?,
        })
    }

    /// Writes the marker, with its event, if that moves it forward and `view` has not been retired. Returns where it
    /// stands.
    async fn move_marker(&self, view: &RoomView, moved: Marker, event: Event) -> Result<u64, ChatError> {
        let id = Marker::id_of(moved.room_id, moved.user_id);
        loop {
            let stands = self.repo.markers.update(&id, |marker| {
                view.require_current()?;
                Ok::<_, ChatError>(if marker.read_seq >= moved.read_seq {
                    Change::Keep(marker.read_seq)
                } else {
                    Change::Put(moved.clone(), vec![event.clone()], moved.read_seq)
                })
            });
            if let Some(stands) = stands.await? {
                return Ok(stands);
            }
            view.require_current()?;
            match self.repo.markers.insert(&moved, vec![event.clone()]).await {
                // A purge takes the messages first: while one is left, the purge of the markers is still to come.
                Ok(()) if self.repo.last_seq(moved.room_id).await? == 0 => {
                    self.repo.markers.delete(id).await?;
                    return Err(ChatError::NotFound);
                }
                Ok(()) => return Ok(moved.read_seq),
                // Another device was faster; now there is one to move.
                Err(StoreError::Unique { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
    }

    /// Returns how far a member has read, when the room's highest seq is `last`.
    pub(crate) async fn progress(&self, room: RoomId, member: &Member, last: u64) -> Result<Progress, ChatError> {
        let read_seq = member.joined_seq.max(self.repo.read_seq(room, member.user_id).await?);
        Ok(Progress {
            read_seq,
            unread: self.repo.unread(room, member.user_id, read_seq, last).await?,
        })
    }
}
