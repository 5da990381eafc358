//! Brings an agent into a room.

use kernel::{AgentId, RoomId, UserId};

use crate::app::App;
use crate::error::ChatError;

impl App {
    /// Attaches an agent that `by` may use.
    pub(crate) async fn attach_agent(&self, id: RoomId, by: UserId, agent: AgentId) -> Result<(), ChatError> {
        let view = self.view_for(by, id).await?;
        // First whether one may at all: who may not is not told whether the agent exists.
        view.room.require(by, contracts::chat::Role::Admin)?;
        let admitted = self.admit_agents(by, &[agent]).await?;
        let agent = admitted.into_iter().next().ok_or(ChatError::AgentNotFound)?;
        self.change_room(id, by, move |room| room.attach(by, agent.clone()))
            .await
            .map(drop)
    }
}
