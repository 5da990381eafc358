//! Owns what people let others spend, in the store. Each change is one compare-and-set of one document. Refuses to decide.

use std::sync::Arc;

use kernel::{AgentId, RoomId, UserId};
use store::{Change, Collection, Query, Store, StoreError};

use crate::domain::allowance::AllowanceDoc;

/// Documents that are removed at once.
const BATCH: usize = 100;

/// The allowances.
pub(crate) struct Allowances(Collection<AllowanceDoc>);

impl Allowances {
    pub(crate) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self(Collection::open(store).await?))
    }

    /// Returns what a person allows; as nothing was said when nothing is there.
    pub(crate) async fn get(&self, user: UserId, agent: AgentId, room: RoomId) -> Result<AllowanceDoc, StoreError> {
        let found = self.0.get(AllowanceDoc::id_of(user, agent, room)).await?;
        Ok(found.unwrap_or_else(|| AllowanceDoc::new(user, agent, room)))
    }

    /// Changes an allowance, and makes one when there is none. Returns it as it is then, and whether `change` wanted to.
    pub(crate) async fn change(
        &self,
        (user, agent, room): (UserId, AgentId, RoomId),
        change: impl Fn(&mut AllowanceDoc) -> bool,
    ) -> Result<(AllowanceDoc, bool), StoreError> {
        let id = AllowanceDoc::id_of(user, agent, room);
        loop {
            let changed = self.0.update(&id, |mut doc: AllowanceDoc| {
                let before = doc.clone();
                let wanted = change(&mut doc);
                Ok::<_, StoreError>(if wanted && doc != before {
                    Change::Put(doc.clone(), Vec::new(), (doc, wanted))
                } else {
                    Change::Keep((before, wanted))
                })
            });
            if let Some(done) = changed.await? {
                return Ok(done);
            }
            let mut first = AllowanceDoc::new(user, agent, room);
            if !change(&mut first) {
                return Ok((first, false));
            }
            match self.0.insert(&first, Vec::new()).await {
                Ok(()) => return Ok((first, true)),
                // Another request made it; it is changed then.
                Err(StoreError::Unique { .. }) => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// Removes those of a room, of one agent or of all.
    pub(crate) async fn remove_in(&self, room: RoomId, agent: Option<AgentId>) -> Result<(), StoreError> {
        let of_room = Query::on("room").eq(room);
        let query = match agent {
            Some(agent) => of_room.eq(agent),
            None => of_room,
        };
        self.remove(query).await
    }

    /// Removes those of a person.
    pub(crate) async fn remove_of(&self, person: UserId) -> Result<(), StoreError> {
        self.remove(Query::on("person").eq(person)).await
    }

    async fn remove(&self, query: Query) -> Result<(), StoreError> {
        loop {
            let found = self.0.find(query.clone().limit(BATCH)).await?;
            for doc in &found {
                self.0
                    .delete(AllowanceDoc::id_of(doc.user_id, doc.agent_id, doc.room_id))
                    .await?;
            }
            if found.len() < BATCH {
                return Ok(());
            }
        }
    }
}
