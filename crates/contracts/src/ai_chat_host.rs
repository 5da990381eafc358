//! What ai-chat-host tells the others: agents, and runs of agents in rooms.

use async_trait::async_trait;
use kernel::{AgentId, Fault, MessageId, RoomId, RunId, UserId};
use serde::{Deserialize, Serialize};

use crate::chat::AiState;
use crate::event::{EventBody, Topic, topic};

/// An agent as chat needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentSummary {
    /// Which.
    pub id: AgentId,
    /// Unique name for mentions, 3-30 of `[a-z0-9_]`.
    pub handle: String,
    /// Name on screen.
    pub name: String,
}

/// Facts about a run, on `ai.run.v1`, keyed by room.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunEvent {
    /// Which run.
    pub run_id: RunId,
    /// The room.
    pub room_id: RoomId,
    /// Who speaks.
    pub agent_id: AgentId,
    /// The message being written.
    pub message_id: MessageId,
    /// The message that it answers.
    pub trigger_id: MessageId,
    /// Attempt, from 1.
    pub attempt: u32,
    /// What happened.
    pub change: RunChange,
}

/// What happened to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RunChange {
    /// It waits for the floor.
    Requested,
    /// It writes.
    Started,
    /// It is over.
    Ended {
        /// How.
        state: AiState,
    },
}

impl EventBody for RunEvent {
    const TOPIC: Topic = topic::RUN;
    const SOURCE: &'static str = "ai-chat-host";
    fn kind(&self) -> &'static str {
        match self.change {
            RunChange::Requested => "run.requested",
            RunChange::Started => "run.started",
            RunChange::Ended {
                state: AiState::Complete,
            } => "run.completed",
            RunChange::Ended {
                state: AiState::Cancelled,
            } => "run.cancelled",
            RunChange::Ended { .. } => "run.failed",
        }
    }
    fn key(&self) -> String {
        self.room_id.to_string()
    }
}

/// What other services may ask about agents.
#[async_trait]
pub trait AgentDirectory: Send + Sync {
    /// Returns those of `ids` that exist and are enabled.
    async fn agents(&self, ids: &[AgentId]) -> Result<Vec<AgentSummary>, Fault>;
    /// Tells whether a person may bring this agent into a room.
    async fn may_use(&self, user: UserId, agent: AgentId) -> Result<bool, Fault>;
}

/// What a reply being written looks like to one who joins late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunSnapshot {
    /// Which run.
    pub run_id: RunId,
    /// The message being written.
    pub message_id: MessageId,
    /// Who speaks.
    pub agent_id: AgentId,
    /// Attempt, from 1.
    pub attempt: u32,
    /// The text so far.
    pub text: String,
}

/// Steers runs, for the realtime gateway.
#[async_trait]
pub trait Runs: Send + Sync {
    /// Returns the runs that are writing in a room now, with their text so far.
    async fn live(&self, room: RoomId) -> Result<Vec<RunSnapshot>, Fault>;
    /// Stops a run for a member of its room. `NotFound` when there is none or the person is not a member.
    async fn cancel(&self, user: UserId, room: RoomId, run: RunId) -> Result<(), Fault>;
}
