//! Owns what chat shows a person: their rooms, how far they read, what they wrote in every room that they are or were in, and their
//! reactions. Refuses to show what others wrote.

use std::collections::BTreeSet;
use std::ops::Bound;

use async_trait::async_trait;
use chassis::own_data::{Documents, Part, pick};
use contracts::own_data::{OwnData, OwnItem};
use kernel::{Cursor, Fault, Page, RoomId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Query;

use crate::app::App;
use crate::domain::message::Record;
use crate::domain::reaction::Eyes;
use crate::domain::room::Room;
use crate::repo::{FIND_MAX, Marker};

const PARTS: &[Part] = &[
    Part::of::<Room>(
        "rooms",
        "room_member",
        &["id", "kind", "title", "createdAt", "memberIds"],
    ),
    Part::of::<Marker>("readMarkers", "marker_user", &["roomId", "readSeq"]),
];
/// Fields of a message that are its author's.
const MESSAGE: &[&str] = &[
    "id",
    "roomId",
    "seq",
    "text",
    "replyTo",
    "mentions",
    "attachmentIds",
    "createdAt",
    "editedAt",
    "deleted",
];
/// Pages of markers that lead to rooms: more than anybody ever joined.
const MARKER_PAGES_MAX: usize = 100;

/// Where an archive goes on.
#[derive(Serialize, Deserialize)]
enum Mark {
    /// In what stands in one index.
    Documents(Option<String>),
    /// At the beginning of the first room after this one.
    After(Option<RoomId>),
    /// In the messages of a room, after this seq.
    Messages(RoomId, u64),
    /// In the messages of a room that changed after they were sent, which is where reactions are.
    Reactions(RoomId, Option<String>),
}

#[async_trait]
impl OwnData for App {
    async fn own_data(&self, user: UserId, cursor: Option<&str>) -> Result<Page<OwnItem>, Fault> {
        let mark = cursor.map(Cursor::decode).transpose()?.unwrap_or(Mark::Documents(None));
        let (items, next) = match mark {
            Mark::Documents(inner) => {
                let page = Documents::new(&self.store, PARTS)
                    .own_data(user, inner.as_deref())
                    .await?;
                let next = page.next_cursor.map(|inner| Mark::Documents(Some(inner)));
                (page.items, Some(next.unwrap_or(Mark::After(None))))
            }
            Mark::After(last) => {
                let after = last.map_or(Bound::Unbounded, Bound::Excluded);
                match self.rooms_ever(user).await?.range((after, Bound::Unbounded)).next() {
                    Some(room) => self.own_messages(user, *room, 0).await?,
                    None => (Vec::new(), None),
                }
            }
            Mark::Messages(room, after) => self.own_messages(user, room, after).await?,
            Mark::Reactions(room, inner) => self.own_reactions(user, room, inner.as_deref()).await?,
        };
        Ok(Page {
            items,
            next_cursor: next.as_ref().map(Cursor::encode),
        })
    }
}

impl App {
    /// Returns all rooms that a person is in, or was in and read.
    async fn rooms_ever(&self, user: UserId) -> Result<BTreeSet<RoomId>, Fault> {
        let mut rooms: BTreeSet<RoomId> = self.repo.rooms_of(user).await?.iter().map(|room| room.id).collect();
        let mut cursor = None::<String>;
        for _ in 0..MARKER_PAGES_MAX {
            let query = Query::on("marker_user").eq(user).limit(FIND_MAX);
            let page = self.repo.markers.page(query, cursor.as_deref()).await?;
            rooms.extend(page.items.iter().map(|marker| marker.room_id));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(rooms)
    }

    async fn own_messages(
        &self,
        user: UserId,
        room: RoomId,
        after: u64,
    ) -> Result<(Vec<OwnItem>, Option<Mark>), Fault> {
        let messages = self.repo.by_author(room, user, after).await?;
        let next = match messages.last().filter(|_| messages.len() >= FIND_MAX) {
            Some(last) => Mark::Messages(room, last.seq),
            None => Mark::Reactions(room, None),
        };
        let items = messages.iter().map(message).collect::<Result<_, _>>()?;
        Ok((items, Some(next)))
    }

    async fn own_reactions(
        &self,
        user: UserId,
        room: RoomId,
        cursor: Option<&str>,
    ) -> Result<(Vec<OwnItem>, Option<Mark>), Fault> {
        let query = Query::on("room_changed").eq(room).limit(FIND_MAX);
        let page = self.repo.messages.page(query, cursor).await?;
        let next = match page.next_cursor {
            Some(inner) => Mark::Reactions(room, Some(inner)),
            None => Mark::After(Some(room)),
        };
        let items = page.items.iter().flat_map(|record| reactions(user, record)).collect();
        Ok((items, Some(next)))
    }
}

fn message(record: &Record) -> Result<OwnItem, Fault> {
    match serde_json::to_value(record).map_err(Fault::internal)? {
        Value::Object(document) => Ok(OwnItem {
            kind: "messages".to_owned(),
            data: pick(document, MESSAGE),
        }),
        _ => Err(Fault::internal("a message is no object")),
    }
}

fn reactions(user: UserId, record: &Record) -> Vec<OwnItem> {
    let own = record
        .reactions
        .seen_by(Eyes::Of(user))
        .into_iter()
        .filter(|reaction| reaction.mine == Some(true));
    own.map(|reaction| OwnItem {
        kind: "messageReactions".to_owned(),
        data: json!({ "roomId": record.room_id, "messageId": record.id, "emoji": reaction.emoji }),
    })
    .collect()
}
