//! Owns the three collections of chat, their indexes, and every query, in the domain's words. Refuses to decide anything.

use std::sync::Arc;

use contracts::Event;
use kernel::{Fault, MessageId, RoomId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Append, Collection, Document, Fields, Index, Op, Place, Query, RawDocument, Spec, Store, StoreError};

use crate::domain::message::Record;
use crate::domain::room::{ROOMS_PER_USER_MAX, Room};

/// Most documents that one query returns.
pub(crate) const FIND_MAX: usize = 1_000;

impl Document for Room {
    const COLLECTION: &'static str = "rooms";
    const INDEXES: &'static [Index] = &[
        Index::multi("room_member", &["memberIds"]),
        Index::unique("room_direct", &["directKey"]),
    ];

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn fields(&self) -> Fields {
        Fields::new()
            .with_all("memberIds", self.member_ids().iter().copied())
            .with_some("directKey", self.direct_key.clone())
    }
}

impl Document for Record {
    const COLLECTION: &'static str = "messages";
    const INDEXES: &'static [Index] = &[
        Index::unique("room_seq", &["roomId", "seq"]),
        Index::unique("room_author_client", &["roomId", "authorId", "clientId"]),
        Index::plain("room_author_seq", &["roomId", "authorId", "seq"]),
        Index::plain("room_changed", &["roomId", "changedAt"]),
        Index::text("words", Some("roomId"), &["text"]),
    ];

    fn id(&self) -> String {
        self.id.to_string()
    }

    fn fields(&self) -> Fields {
        Fields::new()
            .with("roomId", self.room_id)
            .with("seq", self.seq)
            .with("authorId", self.author_id.as_str())
            .with("clientId", self.client_id.as_str())
            .with_some("changedAt", self.changed_at)
            .with("text", self.text.as_str())
    }
}

/// How far a person has read in a room. Stays when they leave, so that it never moves back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Marker {
    pub room_id: RoomId,
    pub user_id: UserId,
    pub read_seq: u64,
}

impl Marker {
    pub(crate) fn id_of(room: RoomId, user: UserId) -> String {
        format!("{room}:{user}")
    }
}

impl Document for Marker {
    const COLLECTION: &'static str = "markers";
    const INDEXES: &'static [Index] = &[
        Index::plain("marker_user", &["userId"]),
        Index::plain("marker_room", &["roomId"]),
    ];

    fn id(&self) -> String {
        Self::id_of(self.room_id, self.user_id)
    }
}

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[Spec::of::<Room>(), Spec::of::<Record>(), Spec::of::<Marker>()];

/// The collections.
pub(crate) struct Repo {
    pub rooms: Collection<Room>,
    pub messages: Collection<Record>,
    pub markers: Collection<Marker>,
}

impl Repo {
    /// Declares and opens the collections.
    pub(crate) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self {
            rooms: Collection::open(store).await?,
            messages: Collection::open(store).await?,
            markers: Collection::open(store).await?,
        })
    }

    /// Returns the rooms of a person, in no order that means anything.
    pub(crate) async fn rooms_of(&self, user: UserId) -> Result<Vec<Room>, StoreError> {
        self.rooms
            .find(Query::on("room_member").eq(user).limit(ROOMS_PER_USER_MAX))
            .await
    }

    /// Counts the rooms of a person, up to the maximum.
    pub(crate) async fn room_count(&self, user: UserId) -> Result<usize, StoreError> {
        let max = u64::try_from(ROOMS_PER_USER_MAX).unwrap_or(u64::MAX);
        let count = self.rooms.count(Query::on("room_member").eq(user), max).await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Returns the direct room of the two that `key` names.
    pub(crate) async fn direct_room(&self, key: &str) -> Result<Option<Room>, StoreError> {
        self.rooms.find_one(Query::on("room_direct").eq(key)).await
    }

    /// Returns a message of this very room.
    pub(crate) async fn message(&self, room: RoomId, message: MessageId) -> Result<Option<Record>, StoreError> {
        Ok(self.messages.get(message).await?.filter(|m| m.room_id == room))
    }

    /// Returns the first message that an author sent under a client id.
    pub(crate) async fn by_client_id(
        &self,
        room: RoomId,
        author: &str,
        client_id: &str,
    ) -> Result<Option<Record>, StoreError> {
        self.messages
            .find_one(Query::on("room_author_client").eq(room).eq(author).eq(client_id))
            .await
    }

    /// Adds a message with the room's next number. `build` runs where the number is assigned, perhaps more than once.
    pub(crate) async fn append(
        &self,
        room: RoomId,
        build: impl Fn(u64) -> Result<(RawDocument, Vec<Event>), Fault> + Send + Sync + 'static,
    ) -> Result<u64, StoreError> {
        let append = Append {
            collection: Record::COLLECTION,
            index: "room_seq",
            scope: room.into(),
            build: Arc::new(build),
        };
        self.messages.store().write(Op::Append(append).into()).await
    }

    /// Returns the newest message of a room.
    pub(crate) async fn last_message(&self, room: RoomId) -> Result<Option<Record>, StoreError> {
        self.messages
            .find_one(Query::on("room_seq").eq(room).descending())
            .await
    }

    /// Returns the highest seq of a room, 0 when nothing was said.
    pub(crate) async fn last_seq(&self, room: RoomId) -> Result<u64, StoreError> {
        Ok(self.last_message(room).await?.map_or(0, |m| m.seq))
    }

    /// Returns when a room was last spoken in, as that was known at `as_of`: one query, unless it was spoken in since;
    /// then one more for each bit of its highest seq. The probes stand at places that do not depend on how much was said
    /// since, so that all pages of a walk get the same answer.
    pub(crate) async fn last_spoken(&self, room: RoomId, as_of: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let Some(last) = self.last_message(room).await? else {
            return Ok(None);
        };
        if last.created_at <= as_of {
            return Ok(Some(last.created_at));
        }
        let (mut spoken, mut below) = (None, 0_u64);
        for bit in (0..=last.seq.checked_ilog2().unwrap_or(0)).rev() {
            let seq = below | 1 << bit;
            let probe = self.messages.find_one(Query::on("room_seq").eq(room).eq(seq)).await?;
            if let Some(message) = probe.filter(|m| m.created_at <= as_of) {
                (spoken, below) = (Some(message.created_at), seq);
            }
        }
        Ok(spoken)
    }

    /// Returns the messages `first..=last` of a room, at most 1,000, ascending.
    pub(crate) async fn span(
        &self,
        room: RoomId,
        first: u64,
        last: u64,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        if first > last || limit == 0 {
            return Ok(Vec::new());
        }
        let query = Query::on("room_seq")
            .eq(room)
            .at_least(first)
            .at_most(last)
            .limit(limit.min(FIND_MAX));
        self.messages.find(query).await
    }

    /// Returns up to 1,000 messages of a room that changed at or after `since`, strictly after `place`, oldest change first.
    pub(crate) async fn changed(
        &self,
        room: RoomId,
        since: Timestamp,
        place: Option<Place>,
    ) -> Result<Vec<Record>, StoreError> {
        let mut query = Query::on("room_changed").eq(room).at_least(since).limit(FIND_MAX);
        query.after = place;
        self.messages.find(query).await
    }

    /// Returns up to 1,000 messages of one author in a room with a seq above `after`, ascending.
    pub(crate) async fn by_author(&self, room: RoomId, author: UserId, after: u64) -> Result<Vec<Record>, StoreError> {
        self.messages
            .find(
                Query::on("room_author_seq")
                    .eq(room)
                    .eq(author)
                    .more_than(after)
                    .limit(FIND_MAX),
            )
            .await
    }

    /// Returns how far a person has read in a room, by their own marker.
    pub(crate) async fn read_seq(&self, room: RoomId, user: UserId) -> Result<u64, StoreError> {
        Ok(self
            .markers
            .get(Marker::id_of(room, user))
            .await?
            .map_or(0, |m| m.read_seq))
    }

    /// Returns how far each of `users` (at most 1,000) has read in a room, in their order.
    pub(crate) async fn read_seqs(&self, room: RoomId, users: &[UserId]) -> Result<Vec<u64>, StoreError> {
        let ids: Vec<String> = users.iter().map(|user| Marker::id_of(room, *user)).collect();
        let markers = self.markers.get_many(&ids).await?;
        let read = |user: &UserId| markers.iter().find(|m| m.user_id == *user).map_or(0, |m| m.read_seq);
        Ok(users.iter().map(read).collect())
    }

    /// Counts messages with `read < seq <= last` that others wrote: all of them, since the sequence has no gaps, less
    /// the reader's own.
    pub(crate) async fn unread(&self, room: RoomId, user: UserId, read: u64, last: u64) -> Result<u64, StoreError> {
        let behind = last.saturating_sub(read);
        if behind == 0 {
            return Ok(0);
        }
        let mine = Query::on("room_author_seq")
            .eq(room)
            .eq(user)
            .more_than(read)
            .at_most(last);
        Ok(behind.saturating_sub(self.messages.count(mine, behind).await?))
    }
}
