//! Owns an item: how it begins, grows with deeds, is read, opens again and loses what was taken back. Refuses to know who may be told.

use kernel::{NotificationId, Timestamp, UserId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use store::{Document, Index};
use uuid::Uuid;

use super::kind::{Channels, Kind};
use super::subject::{Actor, Subject};

/// A deed that an item tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deed {
    /// Who; none where it is nobody's business.
    pub(crate) actor: Option<Actor>,
    /// What it left behind, such as `comment:{id}`; none when somebody does it once, such as reacting.
    pub(crate) of: Option<String>,
}

impl Deed {
    /// A deed of a person.
    pub(crate) const fn by(id: UserId, of: Option<String>) -> Self {
        Self {
            actor: Some(Actor::User { id }),
            of,
        }
    }

    fn is(&self, other: &Self) -> bool {
        self.key() == other.key() && self.of == other.of
    }

    fn key(&self) -> Option<String> {
        self.actor.as_ref().map(Actor::key)
    }

    fn refs(&self) -> impl Iterator<Item = String> {
        self.key().into_iter().chain(self.of.clone())
    }

    /// Tells whether it hangs on `reference`.
    pub(crate) fn hangs_on(&self, reference: &str) -> bool {
        self.of.as_deref() == Some(reference) || self.key().as_deref() == Some(reference)
    }
}

/// Something to be told to a person.
#[derive(Clone, Debug)]
pub(crate) struct News {
    pub(crate) user_id: UserId,
    pub(crate) kind: Kind,
    pub(crate) subject: Subject,
    /// A few words on the subject: a room's title, a moderator's reason.
    pub(crate) label: Option<String>,
    /// Place of a message in its room.
    pub(crate) seq: Option<u64>,
    pub(crate) deed: Deed,
}

impl News {
    /// Returns the id of the item that tells it.
    pub(crate) fn item_id(&self) -> NotificationId {
        item_id(self.user_id, self.kind, &self.subject)
    }
}

/// Returns the id of the one item of a person, kind and subject: the same for ever, so that nothing is told twice.
pub(crate) fn item_id(user: UserId, kind: Kind, subject: &Subject) -> NotificationId {
    let name = format!("{}:{}", kind.name(), subject.key());
    Uuid::new_v5(&user.uuid(), name.as_bytes()).into()
}

/// How an item is told, and when it may be pushed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telling {
    pub(crate) channels: Channels,
    pub(crate) now: Timestamp,
    /// When a push of it is due; none when it is old news.
    pub(crate) push_at: Option<Timestamp>,
    /// Deeds that are kept.
    pub(crate) deeds_max: usize,
}

/// An item as it is kept: with what its indexes hold besides, see [`Indexed`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub(crate) struct Item {
    pub(crate) id: NotificationId,
    pub(crate) user_id: UserId,
    pub(crate) kind: Kind,
    pub(crate) subject: Subject,
    pub(crate) label: Option<String>,
    pub(crate) seq: Option<u64>,
    /// Oldest first.
    pub(crate) deeds: Vec<Deed>,
    /// Deeds are left out: there were more than are kept.
    pub(crate) more: bool,
    pub(crate) created_at: Timestamp,
    /// When it last grew: its place in the list.
    pub(crate) at: Timestamp,
    pub(crate) read_at: Option<Timestamp>,
    /// Whether it stands in the list; one that does not is there for pushes and digests alone.
    pub(crate) listed: bool,
    /// How often it became unread, from 1: each time may be pushed once.
    pub(crate) opening: u32,
    /// When its pushes are to be made out; none: they have been, or there are none.
    pub(crate) push_due: Option<Timestamp>,
}

/// What a deed did to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grown {
    /// It was there.
    Not,
    /// One more, in an item that was unread.
    More,
    /// The item is unread now, and was not.
    Opened,
}

/// What is left of an item of which something was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// All of it.
    All,
    /// Some of it.
    Some,
    /// Nothing.
    Nothing,
}

impl Item {
    /// Begins an item.
    pub(crate) fn begin(news: &News, telling: Telling) -> Self {
        Self {
            id: news.item_id(),
            user_id: news.user_id,
            kind: news.kind,
            subject: news.subject,
            label: news.label.clone(),
            seq: news.seq,
            deeds: vec![news.deed.clone()],
            more: false,
            created_at: telling.now,
            at: telling.now,
            read_at: None,
            listed: telling.channels.in_app,
            opening: 1,
            push_due: telling.push_at.filter(|_| telling.channels.push),
        }
    }

    /// Adds a deed; an item that was read is unread again. The same deed again changes nothing.
    pub(crate) fn grow(&mut self, news: &News, telling: Telling) -> Grown {
        if self.deeds.iter().any(|deed| deed.is(&news.deed)) {
            return Grown::Not;
        }
        let was_unread = self.is_unread();
        let opens = self.read_at.is_some() || (!self.listed && self.push_due.is_none());
        if opens {
            if self.kind.begins_anew() {
                self.deeds.clear();
                self.more = false;
            }
            self.read_at = None;
            self.opening = self.opening.saturating_add(1);
            self.push_due = telling.push_at.filter(|_| telling.channels.push);
        }
        self.deeds.push(news.deed.clone());
        let over = self.deeds.len().saturating_sub(telling.deeds_max.max(1));
        self.deeds.drain(..over);
        self.more |= over > 0;
        self.at = self.at.max(telling.now);
        self.seq = self.seq.max(news.seq);
        self.subject = news.subject;
        self.label = news.label.clone().or(self.label.take());
        self.listed = telling.channels.in_app;
        if self.is_unread() && !was_unread {
            Grown::Opened
        } else {
            Grown::More
        }
    }

    /// Marks it read; tells whether it was not.
    pub(crate) fn read(&mut self, now: Timestamp) -> bool {
        let was_unread = self.is_unread();
        if self.read_at.is_none() {
            self.read_at = Some(now);
            self.push_due = None;
        }
        was_unread
    }

    /// Takes back the deeds that `gone` names.
    pub(crate) fn retract(&mut self, gone: impl Fn(&Deed) -> bool) -> Left {
        let before = self.deeds.len();
        self.deeds.retain(|deed| !gone(deed));
        if self.deeds.len() == before {
            Left::All
        } else if self.deeds.is_empty() {
            Left::Nothing
        } else {
            Left::Some
        }
    }

    /// Takes back all that hangs on `reference`.
    pub(crate) fn forget(&mut self, reference: &str) -> Left {
        if self.hangs_on().iter().any(|r| r == reference) {
            return Left::Nothing;
        }
        self.retract(|deed| deed.hangs_on(reference))
    }

    /// Tells whether it counts as unread.
    pub(crate) const fn is_unread(&self) -> bool {
        self.listed && self.read_at.is_none()
    }

    /// Returns who did it, the latest first, everybody once.
    pub(crate) fn actors(&self) -> Vec<&Actor> {
        let mut seen = Vec::new();
        let mut actors = Vec::new();
        for actor in self.deeds.iter().rev().filter_map(|deed| deed.actor.as_ref()) {
            if !seen.contains(&actor.key()) {
                seen.push(actor.key());
                actors.push(actor);
            }
        }
        actors
    }

    /// Returns how many did it (or how often it was done, where it is nobody's business who): at least so many when `more`.
    pub(crate) fn count(&self) -> usize {
        let nameless = self.deeds.iter().filter(|deed| deed.actor.is_none()).count();
        self.actors().len() + nameless
    }

    /// Returns what it goes with.
    fn hangs_on(&self) -> Vec<String> {
        if self.kind.outlives_subject() {
            return Vec::new();
        }
        self.subject.refs()
    }

    fn refs(&self) -> Vec<String> {
        let mut refs = self.hangs_on();
        refs.extend(self.deeds.iter().flat_map(Deed::refs));
        refs.sort();
        refs.dedup();
        refs
    }
}

/// An item with what its indexes hold, worked out as it is written: an index is built again from the JSON alone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Indexed<'a> {
    #[serde(flatten, serialize_with = "Item::serialize")]
    item: &'a Item,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unread_at: Option<Timestamp>,
    refs: Vec<String>,
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Indexed {
            item: self,
            list_at: self.listed.then_some(self.at),
            unread_at: self.is_unread().then_some(self.at),
            refs: self.refs(),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

impl Document for Item {
    const COLLECTION: &'static str = "items";
    const INDEXES: &'static [Index] = &[
        // The list, newest first; only what stands in it.
        Index::plain("list", &["userId", "listAt"]),
        // What is unread: its size is the counter, which so cannot drift.
        Index::plain("unread", &["userId", "unreadAt"]),
        // All of a person's, for the bound, digests and erasure.
        Index::plain("owner", &["userId", "at"]),
        // What hangs on a person, post, comment, message or room.
        Index::multi("refs", &["refs", "userId"]),
        // Pushes to make out.
        Index::plain("push", &["pushDue"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

#[cfg(test)]
mod tests;
