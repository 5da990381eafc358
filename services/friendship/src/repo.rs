//! Owns the pairs in the store, and answers other services from there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use contracts::Event;
use contracts::friendship::{FriendshipEvent, Relation, Relationships, pair_key};
use kernel::{Ambient, Fault, FriendRequestId, Page, Timestamp, UserId};
use store::{Collection, Document as _, Op, Query, RawDocument, Spec, Store, StoreError, Write};

use crate::domain::pair::Pair;
use crate::error::Error;

/// Most friends of one page.
const FRIENDS_PAGE_MAX: usize = 1_000;
/// Most people that one question returns.
pub(crate) const FRIENDS_MAX: usize = 5_000;
/// How often a step is decided anew when somebody else wrote the pair first.
const STEP_ATTEMPTS_MAX: u32 = 32;
/// Pairs that are read at once.
const CHUNK: usize = 500;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[Spec::of::<Pair>()];

/// The pairs.
pub(crate) struct Pairs {
    docs: Collection<Pair>,
    pub(crate) ambient: Ambient,
}

impl Pairs {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            ambient,
        })
    }

    /// Takes a step between two people, by a pure function, and writes it with its event. `None` from the function
    /// leaves all as it is.
    pub(crate) async fn step(
        &self,
        a: UserId,
        b: UserId,
        step: impl Fn(&mut Pair) -> Result<Option<FriendshipEvent>, Error>,
    ) -> Result<(Pair, Option<FriendshipEvent>), Error> {
        for _ in 0..STEP_ATTEMPTS_MAX {
            let found = self.docs.get_versioned(pair_key(a, b)).await?;
            let stored = found.as_ref().map(|(_, version)| *version);
            let mut pair = found.map_or_else(|| Pair::new(a, b), |(pair, _)| pair);
            let Some(event) = step(&mut pair)? else {
                return Ok((pair, None));
            };
            let raw = RawDocument::of(&pair)?;
            let op = stored.map_or_else(|| Op::Insert(raw.clone()), |version| Op::Replace(raw.clone(), version));
            let events = vec![Event::new(&self.ambient, &event)?];
            match self.docs.store().write(Write { op, events, mark: None }).await {
                Ok(_) => return Ok((pair, Some(event))),
                // Somebody else wrote the pair first: decide anew.
                Err(StoreError::Conflict | StoreError::Unique { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(StoreError::Busy.into())
    }

    pub(crate) async fn by_request(&self, id: FriendRequestId) -> Result<Option<Pair>, StoreError> {
        self.docs.find_one(Query::on("request").eq(id)).await
    }

    pub(crate) async fn page(
        &self,
        index: &'static str,
        user: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Pair>, Fault> {
        self.docs
            .page(Query::on(index).eq(user).descending().limit(limit), cursor)
            .await
    }

    /// Returns the others of a person's pairs in an index, at most `limit` and 5,000.
    async fn others(&self, index: &'static str, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault> {
        let limit = limit.min(FRIENDS_MAX);
        let mut others: Vec<UserId> = Vec::new();
        let mut cursor: Option<String> = None;
        while others.len() < limit {
            let most = CHUNK.min(limit - others.len());
            let page = self.page(index, user, most, cursor.as_deref()).await?;
            others.extend(page.items.iter().map(|p| p.other(user)));
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        Ok(others)
    }

    pub(crate) async fn count(&self, index: &'static str, user: UserId, cap: u64) -> Result<u64, StoreError> {
        self.docs.count(Query::on(index).eq(user), cap).await
    }

    /// Returns pairs of a person, at most 500.
    pub(crate) async fn some_of(&self, user: UserId) -> Result<Vec<Pair>, StoreError> {
        self.docs.find(Query::on("member").eq(user).limit(CHUNK)).await
    }

    /// Returns those of `others` with whom `user` has anything: friendship, a request or a block.
    pub(crate) async fn known(&self, user: UserId, others: &[UserId]) -> Result<HashSet<UserId>, StoreError> {
        let keys: Vec<String> = others.iter().map(|other| pair_key(user, *other)).collect();
        let pairs = self.docs.get_many(&keys).await?;
        let live = pairs
            .iter()
            .filter(|p| p.request.is_some() || p.relation() != Relation::default());
        Ok(live.map(|p| p.other(user)).collect())
    }

    /// Removes a pair for good, telling others that a friendship ended.
    pub(crate) async fn erase(&self, pair: &Pair, gone: UserId) -> Result<(), Fault> {
        let mut last = pair.clone();
        let events = match last.remove(gone) {
            Ok(event) => vec![Event::new(&self.ambient, &event)?],
            Err(_) => Vec::new(),
        };
        let op = Op::Delete(Pair::COLLECTION, pair.id(), None);
        self.docs.store().write(Write { op, events, mark: None }).await?;
        Ok(())
    }

    async fn set_block(&self, user: UserId, other: UserId, on: bool) -> Result<(), Fault> {
        let now = self.ambient.now();
        let step = |pair: &mut Pair| Ok(if on { pair.block(user, now) } else { pair.unblock(user) });
        self.step(user, other, step).await?;
        Ok(())
    }
}

#[async_trait]
impl Relationships for Pairs {
    async fn relations(&self, user: UserId, others: &[UserId]) -> Result<Vec<Relation>, Fault> {
        let keys: Vec<String> = others.iter().take(1000).map(|other| pair_key(user, *other)).collect();
        let pairs = self.docs.get_many(&keys).await?;
        let by_other: HashMap<UserId, Relation> = pairs.iter().map(|p| (p.other(user), p.relation())).collect();
        Ok(others
            .iter()
            .map(|other| by_other.get(other).copied().unwrap_or_default())
            .collect())
    }

    async fn friends(&self, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault> {
        self.others("friend", user, limit).await
    }

    async fn friends_page(&self, user: UserId, limit: usize, cursor: Option<&str>) -> Result<Page<UserId>, Fault> {
        let page = self
            .page("friend", user, limit.clamp(1, FRIENDS_PAGE_MAX), cursor)
            .await?;
        Ok(Page {
            items: page.items.iter().map(|pair| pair.other(user)).collect(),
            next_cursor: page.next_cursor,
        })
    }

    async fn block(&self, user: UserId, other: UserId) -> Result<(), Fault> {
        self.set_block(user, other, true).await
    }

    async fn unblock(&self, user: UserId, other: UserId) -> Result<(), Fault> {
        self.set_block(user, other, false).await
    }

    async fn parted(&self, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault> {
        self.others("parted", user, limit).await
    }

    async fn blocks(
        &self,
        user: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<(UserId, Timestamp)>, Fault> {
        let page = self.page("blocker", user, limit, cursor).await?;
        Ok(page.map(|pair| {
            let at = pair.blocks.iter().find(|b| b.by == user).map(|b| b.at);
            (pair.other(user), at.unwrap_or_default())
        }))
    }
}
