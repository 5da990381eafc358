//! Changes a room: closes it to senders, reads it, lets the domain decide, writes it with its events, opens it again.

use contracts::chat::{Role, RoomChange, RoomEvent};
use contracts::{Event, Trail};
use kernel::{Fault, RoomId, UserId};
use store::Change;
use tracing::Instrument as _;

use crate::app::App;
use crate::domain::room::{Room, Settings};
use crate::domain::seating::Seat;
use crate::error::ChatError;
use crate::repo::Marker;

impl App {
    /// Does what `decide` decides for a member of the room; returns what changed.
    pub(crate) async fn change_room(
        &self,
        id: RoomId,
        by: UserId,
        decide: impl FnMut(&mut Room) -> Result<Vec<RoomChange>, ChatError> + Send + 'static,
    ) -> Result<Vec<RoomChange>, ChatError> {
        // A stranger must not even be able to close it.
        self.view_for(by, id).await?;
        self.rewrite_room(id, by, decide).await
    }

    /// Does what `decide` decides, whoever asks. No send that was let in before becomes durable after it. What was begun
    /// is ended even when nobody waits for it any more: a write in the store's queue becomes durable all the same, and
    /// until then the room must stay closed.
    pub(crate) async fn rewrite_room(
        &self,
        id: RoomId,
        by: UserId,
        mut decide: impl FnMut(&mut Room) -> Result<Vec<RoomChange>, ChatError> + Send + 'static,
    ) -> Result<Vec<RoomChange>, ChatError> {
        let closed = self.rooms.close(id).await;
        let (rooms, ambient) = (self.repo.rooms.clone(), self.ambient.clone());
        let decide = move |mut room: Room| {
            let changes = decide(&mut room)?;
            if changes.is_empty() {
                return Ok(Change::Keep(changes));
            }
            let mut events = Vec::with_capacity(changes.len());
            for change in &changes {
                room.version += 1;
                let event = RoomEvent {
                    room_id: id,
                    version: room.version,
                    by,
                    change: change.clone(),
                };
                events.push(Event::new(&ambient, &event)?);
            }
            let ends = changes.iter().any(|c| matches!(c, RoomChange::Deleted { .. }));
            Ok::<_, ChatError>(if ends {
                Change::Remove(events, changes)
            } else {
                Change::Put(room, events, changes)
            })
        };
        let update = async move {
            let _closed = closed;
            rooms.update(id, decide).await
        };
        let done = tokio::spawn(Trail::current().apart().follow(update).in_current_span()).await;
        done.map_err(Fault::internal)??.ok_or(ChatError::NotFound)
    }

    /// Renames a room or lets its agents speak differently. Fails with `Stale` when `check` does.
    pub(crate) async fn set_room(
        &self,
        id: RoomId,
        by: UserId,
        settings: Settings,
        check: impl Fn(u64) -> Result<(), Fault> + Send + 'static,
    ) -> Result<(), ChatError> {
        let set = move |room: &mut Room| {
            room.require(by, Role::Admin)?;
            check(room.version)?;
            room.change(by, &settings)
        };
        self.change_room(id, by, set).await.map(drop)
    }

    /// Adds a member or changes a role; tells whether somebody was added.
    pub(crate) async fn seat_member(
        &self,
        id: RoomId,
        by: UserId,
        user: UserId,
        role: Option<Role>,
    ) -> Result<bool, ChatError> {
        let view = self.view_for(by, id).await?;
        let seat = Seat {
            user,
            role,
            at: self.ambient.now(),
            last_seq: self.repo.last_seq(id).await?,
        };
        // First whether one may at all, on a copy: who may not is not told whether the person exists.
        view.room.clone().seat(by, seat)?;
        if view.role_of(user).is_none() {
            self.admit(by, &[user]).await?;
        }
        let changes = self.change_room(id, by, move |room| room.seat(by, seat)).await?;
        Ok(changes.iter().any(|c| matches!(c, RoomChange::MemberAdded { .. })))
    }

    /// Takes a member out, or leaves.
    pub(crate) async fn unseat_member(&self, id: RoomId, by: UserId, user: UserId) -> Result<(), ChatError> {
        let view = self.view_for(by, id).await?;
        if view.role_of(user).is_some() {
            self.keep_marker(id, user).await?;
        }
        self.change_room(id, by, move |room| room.unseat(by, user))
            .await
            .map(drop)
    }

    /// Makes sure that there is a marker of `user`: it stays after they leave, and leads to what they wrote there when
    /// their account is erased. There is none of a room that has ended.
    pub(crate) async fn keep_marker(&self, room: RoomId, user: UserId) -> Result<(), ChatError> {
        let marker = Marker {
            room_id: room,
            user_id: user,
            read_seq: 0,
        };
        match self.repo.markers.insert(&marker, Vec::new()).await {
            Ok(()) if self.repo.rooms.get(room).await?.is_none() => {
                Ok(self.repo.markers.delete(Marker::id_of(room, user)).await?)
            }
            Ok(()) | Err(store::StoreError::Unique { .. }) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }
}
