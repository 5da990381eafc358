//! Owns the queries for reactions.

use contracts::Event;
use contracts::post::ReactionKind;
use kernel::{PostId, UserId};
use store::{Document as _, Op, Query, RawDocument, StoreError, Write};

use super::{CHUNK, IDS_MAX, Repo};
use crate::domain::reaction::Reaction;

impl Repo {
    /// Returns reactions to a post, of one kind when there is one, with places below `before`, newest first.
    pub(crate) async fn reactions_to(
        &self,
        post: PostId,
        kind: Option<&'static str>,
        before: Option<String>,
        most: usize,
    ) -> Result<Vec<Reaction>, StoreError> {
        let query = match kind {
            Some(kind) => Query::on("post_kind").eq(post).eq(kind),
            None => Query::on("post").eq(post),
        };
        let query = match before {
            Some(before) => query.less_than(before),
            None => query,
        };
        self.reactions.find(query.descending().limit(most)).await
    }

    /// Returns what a person feels about each of `posts`, in any order.
    pub(crate) async fn reactions_by(&self, user: UserId, posts: &[PostId]) -> Result<Vec<Reaction>, StoreError> {
        let mut found = Vec::new();
        for some in posts.chunks(IDS_MAX) {
            let ids: Vec<String> = some.iter().map(|post| Reaction::id_of(*post, user)).collect();
            found.extend(self.reactions.get_many(&ids).await?);
        }
        Ok(found)
    }

    /// Returns some reactions of a person.
    pub(crate) async fn some_reactions_of(&self, user: UserId) -> Result<Vec<Reaction>, StoreError> {
        self.reactions.find(Query::on("user").eq(user).limit(CHUNK)).await
    }

    /// Writes a reaction, or removes it, where the one before was read at `version`.
    pub(crate) async fn put_reaction(
        &self,
        id: String,
        next: Option<&Reaction>,
        version: Option<u64>,
        events: Vec<Event>,
    ) -> Result<(), StoreError> {
        let op = match (next, version) {
            (Some(next), Some(version)) => Op::Replace(RawDocument::of(next)?, version),
            (Some(next), None) => Op::Insert(RawDocument::of(next)?),
            (None, version) => Op::Delete(Reaction::COLLECTION, id, version),
        };
        let write = Write { op, events, mark: None };
        self.reactions.store().write(write).await.map(drop)
    }
}

/// Names a kind as it stands in the index.
pub(crate) const fn kind_key(kind: ReactionKind) -> &'static str {
    match kind {
        ReactionKind::Like => "like",
        ReactionKind::Love => "love",
        ReactionKind::Laugh => "laugh",
        ReactionKind::Wow => "wow",
        ReactionKind::Sad => "sad",
        ReactionKind::Angry => "angry",
    }
}
