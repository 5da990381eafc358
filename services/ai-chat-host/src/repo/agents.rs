//! Owns the agents in the store, and answers other services from there. Refuses to know who asks.

use async_trait::async_trait;
use contracts::ai_chat_host::{AgentDirectory, AgentSummary};
use contracts::orders::Entitlements;
use kernel::{AgentId, Ambient, CardId, Cursor, Fault, Page, UserId};
use std::sync::Arc;
use store::{Collection, Op, Query, RawDocument, Store, StoreError};

use crate::domain::agent::{AgentDoc, Right};
use crate::domain::starter;
use crate::error::Error;

/// Most agents of one person that are listed.
const OWNED_MAX: usize = 200;
/// Most agents that are asked for at once.
const IDS_MAX: usize = 1_000;

/// The agents.
pub(crate) struct Agents {
    docs: Collection<AgentDoc>,
}

impl Agents {
    /// Opens the collection and adds those of the starter set that are not there; what an operator has changed stays.
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: &Ambient) -> Result<Self, StoreError> {
        let docs = Collection::open(store).await?;
        let starters = starter::agents(ambient.now());
        let ids: Vec<String> = starters.iter().map(|agent| agent.id.to_string()).collect();
        let there: Vec<AgentId> = docs
            .get_many(&ids)
            .await?
            .iter()
            .map(|agent: &AgentDoc| agent.id)
            .collect();
        for agent in starters.iter().filter(|agent| !there.contains(&agent.id)) {
            match docs.insert(agent, Vec::new()).await {
                // Another process was faster, or an operator's own agent has the handle.
                Ok(()) | Err(StoreError::Unique { .. }) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(Self { docs })
    }

    /// Returns an agent with its version.
    pub(crate) async fn read(&self, id: AgentId) -> Result<(AgentDoc, u64), Error> {
        self.docs.get_versioned(id).await?.ok_or(Error::NoAgent)
    }

    /// Returns those of `ids` that exist and are enabled, in the order of `ids`.
    pub(crate) async fn enabled(&self, ids: &[AgentId]) -> Result<Vec<AgentDoc>, StoreError> {
        let keys: Vec<String> = ids.iter().take(IDS_MAX).map(ToString::to_string).collect();
        let mut docs = self.docs.get_many(&keys).await?;
        docs.retain(|agent| agent.enabled);
        docs.sort_by_key(|agent| ids.iter().position(|id| *id == agent.id));
        Ok(docs)
    }

    /// Returns those of `ids` that exist, enabled or not, in any order.
    pub(crate) async fn known(&self, ids: &[AgentId]) -> Result<Vec<AgentDoc>, StoreError> {
        let keys: Vec<String> = ids.iter().take(IDS_MAX).map(ToString::to_string).collect();
        self.docs.get_many(&keys).await
    }

    /// Adds the agent that a published revision is; once, for it never changes.
    pub(crate) async fn add(&self, agent: &AgentDoc) -> Result<(), StoreError> {
        match self.docs.insert(agent, Vec::new()).await {
            // The same event again. A handle that another agent has is ai-model-cards' to avoid, and an operator's to solve.
            Err(StoreError::Unique { index }) if self.docs.get(agent.id).await?.is_none() => {
                tracing::error!(agent = %agent.id, handle = %agent.handle, %index, "a card's agent has a handle that is taken");
                Ok(())
            }
            Err(StoreError::Unique { .. }) => Ok(()),
            added => added,
        }
    }

    /// Returns the agent of the latest revision of a card.
    pub(crate) async fn of_card(&self, card: CardId) -> Result<Option<AgentDoc>, StoreError> {
        self.docs.find_one(Query::on("of_card").eq(card).descending()).await
    }

    /// Removes the agents of a card.
    pub(crate) async fn remove_of_card(&self, card: CardId) -> Result<(), StoreError> {
        while let Some(agent) = self.of_card(card).await? {
            self.docs.delete(agent.id).await?;
        }
        Ok(())
    }

    /// Returns agents that belong to a person, by handle, at most 200.
    pub(crate) async fn owned(&self, owner: UserId) -> Result<Vec<AgentDoc>, StoreError> {
        self.docs.find(Query::on("owner").eq(owner).limit(OWNED_MAX)).await
    }

    /// Returns a page of the enabled agents that are everybody's and of `mine`, by handle.
    pub(crate) async fn page(
        &self,
        mine: Vec<AgentDoc>,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<AgentDoc>, Fault> {
        let after: String = cursor.map(Cursor::decode).transpose()?.unwrap_or_default();
        let listed = Query::on("listed").more_than(after.as_str()).limit(limit + 1);
        let mut agents: Vec<AgentDoc> = self.docs.find(listed).await?;
        agents.extend(mine.into_iter().filter(|agent| agent.handle > after));
        agents.sort_by(|a, b| a.handle.cmp(&b.handle));
        agents.dedup_by(|a, b| a.id == b.id);
        Ok(Page::cut(agents, limit, |last| last.handle.clone()))
    }

    /// Changes an agent by a pure function, after `allow` has seen it and its version; returns it and its new version.
    pub(crate) async fn change(
        &self,
        id: AgentId,
        allow: impl Fn(&AgentDoc, u64) -> Result<(), Error>,
        change: impl Fn(&mut AgentDoc),
    ) -> Result<(AgentDoc, u64), Error> {
        loop {
            let (before, version) = self.read(id).await?;
            allow(&before, version)?;
            let mut agent = before.clone();
            change(&mut agent);
            let agent = agent.indexed();
            if agent == before {
                return Ok((before, version));
            }
            match self
                .docs
                .store()
                .write(Op::Replace(RawDocument::of(&agent)?, version).into())
                .await
            {
                Ok(version) => return Ok((agent, version)),
                Err(StoreError::Conflict) => {}
                Err(e) => return Err(e.into()),
            }
        }
    }
}

/// Answers other services.
pub(crate) struct Directory {
    pub(crate) agents: Agents,
    pub(crate) entitlements: Arc<dyn Entitlements>,
}

#[async_trait]
impl AgentDirectory for Directory {
    async fn agents(&self, ids: &[AgentId]) -> Result<Vec<AgentSummary>, Fault> {
        Ok(self.agents.enabled(ids).await?.iter().map(AgentDoc::summary).collect())
    }

    async fn may_use(&self, user: UserId, agent: AgentId) -> Result<bool, Fault> {
        let Some(agent) = self.agents.enabled(&[agent]).await?.pop() else {
            return Ok(false);
        };
        may_use(&*self.entitlements, user, &agent).await
    }
}

/// Tells whether a person may use an agent that is enabled.
pub(crate) async fn may_use(entitlements: &dyn Entitlements, user: UserId, agent: &AgentDoc) -> Result<bool, Fault> {
    match agent.right_of(user) {
        Right::Free => Ok(true),
        Right::Never => Ok(false),
        Right::Entitlement => Ok(entitlements.entitlement(user, agent.id).await?.is_some()),
    }
}
