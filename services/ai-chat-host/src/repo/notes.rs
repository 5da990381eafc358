//! Owns what is kept of rooms besides their messages: summaries, agents' memories, and who is gone. Each change is one
//! compare-and-set of one document. Refuses to know when something must be erased.

use std::sync::Arc;

use kernel::{AgentId, MessageId, RoomId, Timestamp, UserId};
use store::{Change, Collection, Query, Store, StoreError};

use crate::domain::gone::GoneDoc;
use crate::domain::memory::{Fact, MemoryDoc, Noted};
use crate::domain::summary::{Claim, SummaryDoc};

/// Memories of one room that are read at once; a room has fewer agents.
const ROOM_MEMORIES_MAX: usize = 100;
/// Documents of one person that are erased at once.
const ERASE_BATCH: usize = 100;
/// How often what is written while it is erased is erased again.
const ERASE_ROUNDS_MAX: usize = 1_000;

/// Summaries, memories, and those who are gone.
pub(crate) struct Notes {
    summaries: Collection<SummaryDoc>,
    memories: Collection<MemoryDoc>,
    gone: Collection<GoneDoc>,
}

impl Notes {
    pub(crate) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self {
            summaries: Collection::open(store).await?,
            memories: Collection::open(store).await?,
            gone: Collection::open(store).await?,
        })
    }

    /// Returns a room's summary.
    pub(crate) async fn summary(&self, room: RoomId) -> Result<Option<SummaryDoc>, StoreError> {
        self.summaries.get(room).await
    }

    /// Claims the next summary, if `seen` is still how it stands; tells whether it did.
    pub(crate) async fn claim(
        &self,
        seen: &SummaryDoc,
        claim: &Claim,
        people: &[UserId],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut first = SummaryDoc::new(seen.room_id);
        if self.summaries.get(seen.room_id).await?.is_none() && *seen == first {
            if !first.begin(claim.clone(), people, now) {
                return Ok(false);
            }
            return match self.summaries.insert(&first, Vec::new()).await {
                Ok(()) => Ok(true),
                // Another host was faster.
                Err(StoreError::Unique { .. }) => Ok(false),
                Err(e) => Err(e),
            };
        }
        let claimed = self.summaries.update(seen.room_id, |mut doc: SummaryDoc| {
            if doc != *seen || !doc.begin(claim.clone(), people, now) {
                return Ok::<_, StoreError>(Change::Keep(false));
            }
            Ok(Change::Put(doc, Vec::new(), true))
        });
        Ok(claimed.await?.unwrap_or(false))
    }

    /// Changes a summary; tells whether `change` wanted to.
    pub(crate) async fn change_summary(
        &self,
        room: RoomId,
        change: impl Fn(&mut SummaryDoc) -> bool,
    ) -> Result<bool, StoreError> {
        let changed = self.summaries.update(room, |mut doc: SummaryDoc| {
            Ok::<_, StoreError>(if change(&mut doc) {
                Change::Put(doc, Vec::new(), true)
            } else {
                Change::Keep(false)
            })
        });
        Ok(changed.await?.unwrap_or(false))
    }

    /// Removes a room's summary.
    pub(crate) async fn remove_summary(&self, room: RoomId) -> Result<(), StoreError> {
        self.summaries.delete(room).await
    }

    /// Returns what an agent remembers of a room, oldest first.
    pub(crate) async fn facts(&self, agent: AgentId, room: RoomId) -> Result<Vec<Fact>, StoreError> {
        let memory = self.memories.get(MemoryDoc::id_of(agent, room)).await?;
        Ok(memory.map(|memory| memory.facts).unwrap_or_default())
    }

    /// Adds to an agent's memory of a room; the same reply again changes nothing.
    pub(crate) async fn remember(
        &self,
        (agent, room): (AgentId, RoomId),
        noted: &Noted,
        from: &Fact,
        facts_max: usize,
    ) -> Result<(), StoreError> {
        let mut first = MemoryDoc::new(agent, room);
        first.remember(noted, from, facts_max);
        match self.memories.insert(&first, Vec::new()).await {
            Err(StoreError::Unique { .. }) => {}
            done => return done,
        }
        let added = self
            .memories
            .update(MemoryDoc::id_of(agent, room), |mut memory: MemoryDoc| {
                memory.remember(noted, from, facts_max);
                Ok::<_, StoreError>(Change::Put(memory, Vec::new(), ()))
            });
        added.await.map(drop)
    }

    /// Removes what an agent remembers of a room.
    pub(crate) async fn remove_memory(&self, agent: AgentId, room: RoomId) -> Result<(), StoreError> {
        self.memories.delete(MemoryDoc::id_of(agent, room)).await
    }

    /// Removes what all agents remember of a room.
    pub(crate) async fn remove_memories(&self, room: RoomId) -> Result<(), StoreError> {
        for memory in self.memories_of(room).await? {
            self.remove_memory(memory.agent_id, room).await?;
        }
        Ok(())
    }

    /// Takes out of the memories of a room what came from a message; where its `seq` is given, also what it was read for.
    pub(crate) async fn unlearn(&self, room: RoomId, message: MessageId, seq: Option<u64>) -> Result<(), StoreError> {
        for memory in self.memories_of(room).await? {
            let unlearned = self
                .memories
                .update(MemoryDoc::id_of(memory.agent_id, room), |mut memory: MemoryDoc| {
                    Ok::<_, StoreError>(if memory.unlearn(message, seq) {
                        Change::Put(memory, Vec::new(), ())
                    } else {
                        Change::Keep(())
                    })
                });
            unlearned.await?;
        }
        Ok(())
    }

    async fn memories_of(&self, room: RoomId) -> Result<Vec<MemoryDoc>, StoreError> {
        self.memories
            .find(Query::on("room").eq(room).limit(ROOM_MEMORIES_MAX))
            .await
    }

    /// Notes that a person's account is gone, then drops every summary and memory that tells of them. What is written
    /// afterwards is looked at by who writes it: they see that the person is gone.
    pub(crate) async fn erase(&self, person: UserId) -> Result<(), StoreError> {
        match self.gone.insert(&GoneDoc { id: person }, Vec::new()).await {
            Ok(()) | Err(StoreError::Unique { .. }) => {}
            Err(e) => return Err(e),
        }
        let theirs = || Query::on("people").eq(person).limit(ERASE_BATCH);
        for _ in 0..ERASE_ROUNDS_MAX {
            let (summaries, memories) = (
                self.summaries.find(theirs()).await?,
                self.memories.find(theirs()).await?,
            );
            if summaries.is_empty() && memories.is_empty() {
                break;
            }
            for summary in summaries {
                let drop_text = |doc: &mut SummaryDoc| {
                    doc.drop_text();
                    true
                };
                self.change_summary(summary.room_id, drop_text).await?;
            }
            for memory in memories {
                self.remove_memory(memory.agent_id, memory.room_id).await?;
            }
        }
        Ok(())
    }

    /// Returns those of `people` whose accounts are gone.
    pub(crate) async fn gone_of(&self, people: &[UserId]) -> Result<Vec<UserId>, StoreError> {
        let mut gone = Vec::new();
        for some in people.chunks(ERASE_BATCH) {
            let ids: Vec<String> = some.iter().map(ToString::to_string).collect();
            gone.extend(self.gone.get_many(&ids).await?.into_iter().map(|doc| doc.id));
        }
        Ok(gone)
    }
}
