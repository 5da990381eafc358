//! What ai-gateway offers the others in process: one door to all models, as a stream of pieces.

use async_trait::async_trait;
use futures::stream::BoxStream;
use kernel::{AgentId, ApiKeyId, Cost, Fault, RoomId, UserId};
use serde::{Deserialize, Serialize};

use crate::event::{EventBody, Topic, topic};

/// Who pays for and answers for a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Principal {
    /// The person at the root of it.
    pub user_id: UserId,
    /// The agent that speaks, if one does.
    pub agent_id: Option<AgentId>,
    /// The room it speaks in.
    pub room_id: Option<RoomId>,
    /// The gateway key that it came with, if it did.
    #[serde(default)]
    pub key_id: Option<ApiKeyId>,
}

/// A turn of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// `system`, `user` or `assistant`.
    pub role: TurnRole,
    /// Text.
    pub content: String,
}

/// Who speaks in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TurnRole {
    /// Instructions by the operator or the agent's owner.
    System,
    /// People, and other agents as untrusted data.
    User,
    /// The agent itself.
    Assistant,
}

/// A request for text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    /// Model, as `/v1/models` names it; `default` = the operator's first.
    pub model: String,
    /// The conversation, oldest first.
    pub turns: Vec<Turn>,
    /// Most tokens to write.
    pub max_tokens: u32,
    /// 0 to 2.
    pub temperature: f32,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "piece", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Piece {
    /// Comes first: which model answers, and whether it is the scripted demo.
    Began { model: String, demo: bool },
    /// More text.
    Text { text: String },
    /// Comes last: why it stopped (`stop`, `length`, `tool_calls`), what it used, and what that cost, where the model has a
    /// price.
    Ended {
        reason: String,
        prompt_tokens: u32,
        completion_tokens: u32,
        #[serde(default)]
        cost: Option<Cost>,
    },
}

/// Asks models. Dropping the stream closes the upstream connection.
#[async_trait]
pub trait AiGateway: Send + Sync {
    /// Begins an answer. Errors before the first piece come as `Err`; later ones in the stream.
    async fn stream(
        &self,
        principal: Principal,
        request: Completion,
    ) -> Result<BoxStream<'static, Result<Piece, Fault>>, Fault>;
    /// Returns what must stand beside everything that `model` says, such as `Demo: scripted replies, no AI model`.
    async fn badge(&self, model: &str) -> Result<Option<String>, Fault>;
    /// Returns what so many tokens of `model` cost now; none where it has no price or is not there. For calls that ended
    /// before they could say it, and to judge one before it is made.
    async fn quote(&self, model: &str, prompt_tokens: u32, completion_tokens: u32) -> Result<Option<Cost>, Fault>;
}

/// What calls used, on `commerce.usage.v1`, keyed by payer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsageEvent {
    /// Who pays.
    pub user_id: UserId,
    /// One or more that ended within about a second of each other, in the order of their ends; at most 256.
    pub calls: Vec<UsedCall>,
}

/// What one call used.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsedCall {
    /// The agent, if one spoke.
    pub agent_id: Option<AgentId>,
    /// The room.
    pub room_id: Option<RoomId>,
    /// Provider and model.
    pub model: String,
    /// Tokens read.
    pub prompt_tokens: u32,
    /// Tokens written.
    pub completion_tokens: u32,
    /// What it cost by the price at that time; none where the model has no price.
    #[serde(default)]
    pub cost: Option<Cost>,
    /// That price: micros of the currency's major unit per million tokens read. What a provider's cache of prompts had, or took, may
    /// have other prices: only `cost` knows of them.
    #[serde(default)]
    pub prompt_micros_per_million: Option<u64>,
    /// The same, per million tokens written.
    #[serde(default)]
    pub completion_micros_per_million: Option<u64>,
    /// Whether the answer came from the cache: then nothing was used.
    #[serde(default)]
    pub cached: bool,
    /// Whether it broke off because the provider failed.
    #[serde(default)]
    pub failed: bool,
}

impl EventBody for UsageEvent {
    const TOPIC: Topic = topic::USAGE;
    const SOURCE: &'static str = "ai-gateway";
    fn kind(&self) -> &'static str {
        "usage.metered"
    }
    fn key(&self) -> String {
        self.user_id.to_string()
    }
}
