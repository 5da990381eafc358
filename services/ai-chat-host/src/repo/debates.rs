//! Owns the debates in the store: each change of one is a step of its own, compared-and-set. Refuses to know votes.

use std::sync::Arc;

use kernel::{Ambient, DebateId, Fault, Page, RoomId, Timestamp, UserId};
use store::{Change, Collection, Query, Store, StoreError};

use crate::config::Debates as Limits;
use crate::domain::debate::{DebateDoc, Input, Moved, Refused};
use crate::error::Error;

/// Most debates that are due and read at once; the sweep comes back for the rest.
const DUE_MAX: usize = 100;

/// The debates.
pub(crate) struct Debates {
    docs: Collection<DebateDoc>,
    ambient: Ambient,
}

impl Debates {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            ambient,
        })
    }

    /// Adds a debate; fails when its room has one that is not over.
    pub(crate) async fn add(&self, debate: &DebateDoc) -> Result<(), Error> {
        match self.docs.insert(debate, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Err(Refused::AlreadyOpen.into()),
            added => Ok(added?),
        }
    }

    pub(crate) async fn get(&self, id: DebateId) -> Result<DebateDoc, Error> {
        Ok(self.docs.get(id).await?.ok_or(Refused::NoDebate)?)
    }

    /// Returns a page of the debates of a room, newest first.
    pub(crate) async fn page(
        &self,
        room: RoomId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<DebateDoc>, Fault> {
        let query = Query::on("room").eq(room).descending().limit(limit);
        self.docs.page(query, cursor).await
    }

    /// Counts the debates that a person has begun since `since`, up to `cap`.
    pub(crate) async fn begun_by(&self, owner: UserId, since: Timestamp, cap: u64) -> Result<u64, StoreError> {
        self.docs.count(Query::on("owner").eq(owner).at_least(since), cap).await
    }

    /// Returns debates that a host has to look at, and whether a side is to speak: first those whose votes are due, then longest
    /// waiting first.
    pub(crate) async fn due(&self) -> Result<Vec<(DebateId, bool)>, StoreError> {
        let now = self.ambient.now();
        let mut due = Vec::new();
        for index in ["votes_due", "due"] {
            let found = self.docs.find(Query::on(index).at_most(now).limit(DUE_MAX)).await?;
            due.extend(found.iter().map(|debate| (debate.id, debate.phase.is_spoken())));
        }
        Ok(due)
    }

    /// Returns debates that ended before `before`, at most 100.
    pub(crate) async fn ended(&self, before: Timestamp) -> Result<Vec<DebateDoc>, StoreError> {
        self.docs
            .find(Query::on("ended").less_than(before).limit(DUE_MAX))
            .await
    }

    /// Returns debates that a person has begun, at most 100.
    pub(crate) async fn of_owner(&self, owner: UserId) -> Result<Vec<DebateDoc>, StoreError> {
        self.docs.find(Query::on("owner").eq(owner).limit(DUE_MAX)).await
    }

    /// Returns debates of a room, at most 100.
    pub(crate) async fn of_room(&self, room: RoomId) -> Result<Vec<DebateDoc>, StoreError> {
        self.docs.find(Query::on("room").eq(room).limit(DUE_MAX)).await
    }

    /// Removes a debate. Its result stays: it names no person.
    pub(crate) async fn remove(&self, id: DebateId) -> Result<(), StoreError> {
        self.docs.delete(id).await
    }

    /// Lets something happen to a debate; returns it as it is then, and whether that is news.
    pub(crate) async fn step(
        &self,
        id: DebateId,
        input: &Input<'_>,
        limits: &Limits,
    ) -> Result<(DebateDoc, Moved), Error> {
        let stepped = self.docs.update(id, |mut debate: DebateDoc| {
            let moved = debate.step(input, self.ambient.now(), limits)?;
            let answer = (debate.clone(), moved);
            Ok::<_, Error>(match moved {
                Moved::Stays => Change::Keep(answer),
                Moved::Quietly | Moved::News => Change::Put(debate, Vec::new(), answer),
            })
        });
        Ok(stepped.await?.ok_or(Refused::NoDebate)?)
    }
}
