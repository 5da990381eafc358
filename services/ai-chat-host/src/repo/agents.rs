//! Owns the agents in the store, and answers other services from there. Refuses to know who asks.

use async_trait::async_trait;
use contracts::ai_chat_host::{AgentDirectory, AgentSummary};
use kernel::{AgentId, Ambient, Fault, Page, UserId};
use std::sync::Arc;
use store::{Collection, Op, Query, RawDocument, Store, StoreError};

use crate::domain::agent::AgentDoc;
use crate::domain::starter;
use crate::error::Error;

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

    /// Returns a page of the enabled agents, by handle.
    pub(crate) async fn page(&self, limit: usize, cursor: Option<&str>) -> Result<Page<AgentDoc>, Fault> {
        self.docs.page(Query::on("listed").limit(limit), cursor).await
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

#[async_trait]
impl AgentDirectory for Agents {
    async fn agents(&self, ids: &[AgentId]) -> Result<Vec<AgentSummary>, Fault> {
        Ok(self.enabled(ids).await?.iter().map(AgentDoc::summary).collect())
    }

    async fn may_use(&self, user: UserId, agent: AgentId) -> Result<bool, Fault> {
        let agent: Option<AgentDoc> = self.docs.get(agent).await?;
        Ok(agent.is_some_and(|agent| agent.may_be_used_by(user)))
    }
}
